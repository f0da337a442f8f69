import { memberAt, readAt, replaceAt, type Format } from "../document/edit.ts";
import { shorten } from "../harmless.ts";
import { sayValue, type Value } from "../timeline/value.ts";
import type { LeverSettings } from "./lever.ts";
import { addToList, isIn, removeFromList } from "./textList.ts";

/** The place of one value: inside a text at an address. */
export interface Slot extends Pick<LeverSettings, "true" | "false" | "create"> {
  format: Format;
  /** filled; undefined: the whole text is the value */
  pointer: string | undefined;
  /** filled */
  member: string | undefined;
}

type Failed = { error: string };
type Present = Exclude<Value, { absent: true }>;
const absent: Value = { absent: true };

/** What stands in the slot of a text. Without pointer, what is no JSON is a plain text. */
export function readSlot(slot: Slot, text: string | null): { value: Value } | Failed {
  if (text === null) return { value: slot.member !== undefined && slot.create ? { is: false } : absent };
  if (slot.member !== undefined) return readMember(slot, text, slot.member);
  if (slot.pointer === undefined) return { value: spoken(slot, wholeText(slot, text)) };
  const read = readAt(text, slot.format, slot.pointer);
  return "error" in read ? read : { value: spoken(slot, read.value) };
}

/**
 * The text with another value in the slot; null: the address itself is to go. Nothing else in the text moves. `makes`: the
 * list is there for this change only, and goes with its last entry.
 */
export function writeSlot(
  slot: Slot,
  text: string | null,
  value: Value,
  makes = false,
): { text: string | null } | Failed {
  if (slot.member !== undefined) {
    const made = writeMember(slot, text, slot.member, value);
    return makes && "text" in made && isEmptyList(slot, made.text) ? withoutList(slot, made.text) : made;
  }
  if (slot.pointer !== undefined)
    return text === null
      ? { error: "there is no document to change" }
      : replaceAt(text, slot.format, slot.pointer, spelledAs(slot, value), slot.create);
  if ("absent" in value) return { text: null };
  const written = writeWhole(text, spelledAs(slot, value));
  const again = readSlot(slot, written);
  if ("error" in again || sayValue(again.value) !== sayValue(value))
    return { error: `${sayValue(value)} would not be read back as such from a plain text` };
  return { text: written };
}

/** Without a pointer "1" and 1 are the same text. */
function wholeText(slot: Slot, text: string): Value {
  const bare = text.trim();
  if (slot.true !== undefined && bare === String(slot.true)) return { is: slot.true };
  if (slot.false !== undefined && bare === String(slot.false)) return { is: slot.false };
  const json = readAt(text, "json", "");
  return "error" in json ? { is: text.replace(/\r?\n$/, "") } : json.value;
}

function writeWhole(before: string | null, value: Present): string {
  const end = /\r?\n$/.exec(before ?? "")?.[0] ?? "";
  // nothing between quotes is a text; nothing at all may be taken for no value
  const bare = before !== null && "error" in readAt(before, "json", "");
  const quoted = before?.trimStart().startsWith('"') === true || (value.is === "" && !bare);
  return (typeof value.is === "string" && !quoted ? value.is : sayValue(value)) + end;
}

/** What stands there → true or false, where the lever spells them otherwise. */
function spoken(slot: Slot, value: Value): Value {
  if (slot.true === undefined || "absent" in value) return value;
  if (value.is === slot.true) return { is: true };
  return value.is === slot.false ? { is: false } : value;
}

function spelledAs<V extends Value>(slot: Slot, value: V): V | Present {
  if ("absent" in value || typeof value.is !== "boolean") return value;
  return { is: (value.is ? slot.true : slot.false) ?? value.is };
}

function readMember(slot: Slot, text: string, member: string): { value: Value } | Failed {
  const list = listIn(slot, text);
  if ("error" in list) return list;
  if (list.json === undefined) return { value: { is: isIn(text, member) } };
  if ("absent" in list.json) return { value: slot.create ? { is: false } : absent };
  const { is } = list.json;
  if (!Array.isArray(is)) return { error: `there is no list but ${shorten(sayValue(list.json), 60)}` };
  return { value: { is: is.includes(member) } };
}

function writeMember(slot: Slot, text: string | null, member: string, value: Value): { text: string } | Failed {
  const wanted = !("absent" in value) && value.is === true;
  if (text === null) return { text: wanted ? JSON.stringify([member]) : "[]" };
  const list = listIn(slot, text);
  if ("error" in list) return list;
  if (list.json === undefined) return wanted ? addToList(text, member) : { text: removeFromList(text, member) };
  const pointer = slot.pointer ?? "";
  if ("absent" in list.json)
    return wanted ? replaceAt(text, slot.format, pointer, { is: [member] }, slot.create) : { text };
  return memberAt(text, slot.format, pointer, member, wanted);
}

/** Nothing stands there yet that could hold a member: to add one makes the list. */
export function lacksList(slot: Slot, text: string | null): boolean {
  if (slot.member === undefined) return false;
  const list = text === null ? undefined : listIn(slot, text);
  return list === undefined || ("json" in list && list.json !== undefined && "absent" in list.json);
}

function isEmptyList(slot: Slot, text: string): boolean {
  const list = listIn(slot, text);
  if ("error" in list) return false;
  if (list.json === undefined) return text.trim() === "";
  return "is" in list.json && Array.isArray(list.json.is) && list.json.is.length === 0;
}

function withoutList({ format, pointer }: Slot, text: string): { text: string | null } | Failed {
  return pointer === undefined ? { text: null } : replaceAt(text, format, pointer, absent, false);
}

/** `json` is undefined where the whole text is a list with one entry to a line, or with commas. */
function listIn(slot: Slot, text: string): { json: Value | undefined } | Failed {
  if (slot.pointer === undefined && !text.trimStart().startsWith("[")) return { json: undefined };
  const read = readAt(text, slot.format, slot.pointer ?? "");
  return "error" in read ? read : { json: read.value };
}
