import { escapePointer, namesAt, parsePointer, pointerOf, readAt } from "../document/edit.ts";
import { likeliest } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Cause, Change, Lever, Setting, Written } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import type { Clock } from "../world/clock.ts";
import type { Entry, KeyValue } from "./keyValue.ts";
import type { Levers, LeverSettings } from "./lever.ts";
import { before, fill, placeholders, valuesIn } from "./placeholder.ts";
import { lacksList, readSlot, writeSlot, type Slot } from "./slot.ts";
import type { Read, Target } from "./target.ts";

/** A target made of texts at addresses. */
export function openLevers(settings: Levers, levers: Lever[], store: KeyValue, clock: Clock): Target {
  async function read(setting: Setting, scope: Scope): Promise<Read> {
    const found = await look(settings[setting]!, scope, store);
    if ("error" in found) return found;
    const { value, entry, slot } = found;
    const fresh = "absent" in value || (slot.member !== undefined && value.is === false);
    const told = { value, version: entry.version, identity: entry.identity, at: clock.now() };
    const makes = lacksList(slot, entry.text) ? { makes: true as const } : {};
    const notes = entry.notes === undefined ? {} : { notes: entry.notes };
    return { ...told, ...(fresh ? { fresh } : {}), ...makes, ...notes };
  }

  return {
    kind: store.kind,
    says: store.says,
    levers,
    address(setting, scope) {
      const address = fill(settings[setting]!.at, scope, (value) => store.encode(value));
      return "error" in address ? "" : address.text;
    },
    read,
    async write(change, cause) {
      const written = await writeOne(change, cause, settings[change.setting]!, store);
      if (!("conflict" in written) || written.live !== null) return written;
      const again = await read(change.setting, change.scope);
      const live = "error" in again ? null : again.value;
      // Something on the way may have sent it twice: what is refused then is the second of them.
      if (live !== null && sameValue(live, change.after)) return { unknown: true, why: written.why };
      return { ...written, live };
    },
    async list(dimension) {
      for (const lever of Object.values(settings)) {
        const names = await namesOf(lever, dimension, store);
        if (names.length > 0) return names;
      }
      return [];
    },
    check: () => store.check(),
  };
}

interface Found {
  slot: Slot;
  address: string;
  entry: Entry;
  value: Value;
}

/** The live value of one lever, or why there is none. */
async function look(
  lever: LeverSettings,
  scope: Scope,
  store: KeyValue,
): Promise<Found | Exclude<Read, { at: number }>> {
  const address = fill(lever.at, scope, (value) => store.encode(value));
  if ("error" in address) return address;
  const pointer = lever.pointer === undefined ? undefined : fill(lever.pointer, scope, escapePointer);
  if (pointer !== undefined && "error" in pointer) return pointer;
  const member = lever.member === undefined ? undefined : fill(lever.member, scope, (value) => value);
  if (member !== undefined && "error" in member) return member;

  const got = await store.get(address.text);
  const nothing = "error" in got ? got.missing === true : got.text === null;
  if (nothing && (!lever.create || lever.pointer !== undefined)) {
    const near = await nearNames(lever, scope, store);
    return {
      error: "error" in got ? got.error : `${harmless(address.text)} does not exist`,
      missing: true,
      nearest: near,
    };
  }
  if ("error" in got && !nothing) return got;
  const entry: Entry = "error" in got ? { text: null, version: null, identity: store.says } : got;
  const { create, true: yes, false: no } = lever;
  const format = entry.format ?? store.format;
  const slot = { format, pointer: pointer?.text, member: member?.text, create, true: yes, false: no };
  const read = readSlot(slot, entry.text);
  if ("error" in read) return { error: `${store.says}: ${read.error}` };
  const lost = entry.text === null ? undefined : missingKey(slot, entry.text, read.value);
  if (lost !== undefined) return { error: `${store.says}: ${lost.what}`, missing: true, nearest: lost.nearest };
  return { slot, address: address.text, entry, value: read.value };
}

/** What does not exist on the way to an absent value; creating makes one key, never those above it. */
function missingKey(slot: Slot, text: string, value: Value): { what: string; nearest: string[] } | undefined {
  const path = parsePointer(slot.pointer ?? "") ?? [];
  const gone = "absent" in value || (slot.member !== undefined && value.is === false);
  if (!gone || path.length === 0) return undefined;
  for (let depth = 1; depth <= path.length; depth++) {
    const pointer = pointerOf(path.slice(0, depth));
    const read = readAt(text, slot.format, pointer);
    if ("error" in read || !("absent" in read.value)) continue;
    if (depth === path.length && slot.create) return undefined;
    const names = namesAt(text, slot.format, pointerOf(path.slice(0, depth - 1)));
    return {
      what: `${harmless(pointer)} does not exist`,
      nearest: likeliest(path[depth - 1]!, names).map((one) => harmless(one)),
    };
  }
  return undefined;
}

async function writeOne(change: Change, cause: Cause, lever: LeverSettings, store: KeyValue): Promise<Written> {
  // Read again directly before the write: the text that is sent must be the one that stands there now. What others changed
  // beside the value is kept, and is no reason to leave a route on.
  const found = await look(lever, change.scope, store);
  if ("error" in found)
    return { refused: true, why: found.error, ...(found.next === undefined ? {} : { next: found.next }) };
  const { slot, address, entry, value } = found;
  if (!sameValue(value, change.before))
    return { conflict: true, live: value, why: `it is ${sayValue(value)} now, and was ${sayValue(change.before)}` };
  const made = writeSlot(slot, entry.text, change.after, change.makes);
  if ("error" in made) return { refused: true, why: made.error };
  const path = parsePointer(slot.pointer ?? "") ?? [];
  const after = made.text === null || path.length === 0 ? undefined : readAt(made.text, slot.format, slot.pointer!);
  const patch: Value = after === undefined || "error" in after ? change.after : after.value;
  return store.put({
    address,
    text: made.text,
    version: entry.version,
    ...(entry.keeps === undefined ? {} : { keeps: entry.keeps }),
    creates: entry.text === null,
    change: { path, before: value, value: patch },
    planned: change,
    cause,
  });
}

/** Names that could have been meant where an address does not exist. */
async function nearNames(lever: LeverSettings, scope: Scope, store: KeyValue): Promise<string[]> {
  const [dimension] = placeholders(lever.at);
  if (dimension === undefined) return [];
  const names = valuesIn(lever.at, dimension, await store.list(before(lever.at, dimension)));
  return likeliest(scope[dimension]!, names).map((one) => harmless(one));
}

/** Existing values of a dimension, where they are keys at the first placeholder of an address or pointer. */
async function namesOf(lever: LeverSettings, dimension: Dimension, store: KeyValue): Promise<string[]> {
  if (placeholders(lever.at)[0] === dimension)
    return valuesIn(lever.at, dimension, await store.list(before(lever.at, dimension)));
  if (lever.pointer === undefined || placeholders(lever.at).length > 0 || placeholders(lever.pointer)[0] !== dimension)
    return [];
  const got = await store.get(lever.at);
  if ("error" in got || got.text === null) return [];
  return namesAt(got.text, got.format ?? store.format, before(lever.pointer, dimension).replace(/\/$/, ""));
}
