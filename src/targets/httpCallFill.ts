import { escapePointer, readAt } from "../document/edit.ts";
import { shorten } from "../harmless.ts";
import { isDimension } from "../timeline/scope.ts";
import { sayValue, type Value } from "../timeline/value.ts";
import { callFor, namesIn, replaceNames, textsIn } from "./httpCall.ts";
import type { Put } from "./keyValue.ts";
import type { LeverSettings } from "./lever.ts";
import { fill } from "./placeholder.ts";

export interface Filled {
  /** left out: the method of the target */
  method?: "PUT" | "PATCH" | "POST" | "DELETE";
  at: string;
  headers: Record<string, string>;
  body?: string;
}

/** The request of a declared write, with everything filled in where it stands and encoded for that place. */
export function fillCall(lever: LeverSettings, put: Put): Filled | { error: string } | undefined {
  if (lever.write === undefined) return undefined;
  const { after } = put.planned;
  if ("absent" in after) return { error: "the declared write cannot take a value away" };
  const { method, at = put.address, body, type } = callFor(lever.write, after.is);
  const isOwn = at !== put.address;
  const known = new Map<string, Value>();
  for (const name of [...(isOwn ? namesIn(at) : []), ...textsIn(body).flatMap(namesIn)]) {
    const found = lookUp(name, lever, put);
    if ("error" in found) return found;
    known.set(name, found);
  }
  const text = (name: string) => sayText(known.get(name)!);
  const empty = isOwn ? namesIn(at).find((name) => text(name) === "" && name !== "reason") : undefined;
  if (empty !== undefined)
    return { error: `{${empty}} is empty, and would make another address of ${shorten(at, 100)}` };
  return {
    ...(method === undefined ? {} : { method }),
    at: isOwn ? replaceNames(at, (name) => encodeURIComponent(wellFormed(text(name)))) : at,
    ...(body === undefined ? { headers: {} } : { headers: { "content-type": type }, body: spell(body, known) }),
  };
}

/** What a name stands for. Values are spelled as they stand at the other side. */
function lookUp(name: string, lever: LeverSettings, { planned, cause, text }: Put): Value | { error: string } {
  if (name === "value") return spelled(planned.after, lever);
  if (name === "before") return spelled(planned.before, lever);
  if (name === "incident") return { is: cause.incident };
  if (name === "by") return { is: cause.by };
  if (name === "reason") return { is: shorten(cause.reason, 500) };
  if (isDimension(name)) {
    const filled = fill(`{${name}}`, planned.scope, (value) => value);
    return "error" in filled ? filled : { is: filled.text };
  }
  const pointer = fill(name, planned.scope, escapePointer);
  if ("error" in pointer) return pointer;
  const read = readAt(text ?? "", "json", pointer.text);
  if ("error" in read) return { error: `{${name}} cannot be filled in: ${read.error}` };
  return "absent" in read.value ? { error: `what was read has no ${shorten(pointer.text, 100)}` } : read.value;
}

function spelled(value: Value, { true: yes, false: no }: LeverSettings): Value {
  if ("absent" in value || typeof value.is !== "boolean") return value;
  return { is: (value.is ? yes : no) ?? value.is };
}

/** As JSON. Numbers that a double cannot carry stay as their owner spells them. */
function spell(node: unknown, known: Map<string, Value>): string {
  if (typeof node === "string") {
    const [only] = namesIn(node);
    if (only !== undefined && node === `{${only}}`) return sayValue(known.get(only)!);
    return spellText(node, known);
  }
  if (Array.isArray(node)) return `[${node.map((item) => spell(item, known)).join(",")}]`;
  if (typeof node !== "object" || node === null) return JSON.stringify(node);
  return `{${Object.entries(node)
    .map(([key, value]) => `${spellText(key, known)}:${spell(value, known)}`)
    .join(",")}}`;
}

function spellText(text: string, known: Map<string, Value>): string {
  return JSON.stringify(replaceNames(text, (name) => sayText(known.get(name)!)));
}

function sayText(value: Value): string {
  return "is" in value && typeof value.is === "string" ? value.is : sayValue(value);
}

/** Half a character cannot stand in an address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
