import { hash } from "node:crypto";
import { harmlessJson } from "../harmless.ts";
import { hashOf } from "./chain.ts";
import type { Event, UnknownEvent } from "./event.ts";

/** One line of a timeline that is a record. */
export interface Entry {
  /** 1, 2, 3 … in the file */
  line: number;
  event: Event | UnknownEvent;
  /** what the next record must carry as `prev`; "" when it was read alone */
  hash: string;
  /** its content is what `digest` says */
  whole: boolean;
  /** same content, other bytes: somebody rewrote the line */
  respelled: boolean;
}

/** A record, or why it is none. `behind`: the number of the record before it. `alone`: the next one is not looked at. */
export function readLine(text: string, line: number, behind: number, alone = false): Entry | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not a record";
  const event = isWhole(value) ? value : newer(value, behind);
  if (event === undefined) return "not a whole record";
  return asWritten(text, line, event, alone) ?? respelled(text, line, event);
}

const [beforePayload, beforeDigest, sha] = [',"payload":', ',"digest":"', 64];
/** `,"digest":"…","prev":"…"}` */
const tails = [beforeDigest.length + 2 * sha + 12, beforeDigest.length + sha + 12];

/**
 * The quick way, for a line just as we write it: its hashes are those of its bytes. Quotes inside of texts are escaped, so
 * the first `,"payload":` is the record's own.
 */
function asWritten(text: string, line: number, event: Event | UnknownEvent, alone: boolean): Entry | undefined {
  const from = text.indexOf(beforePayload);
  const tail = tails.find((length) => text.startsWith(beforeDigest, text.length - length));
  if (from < 0 || tail === undefined) return undefined;
  const to = text.length - tail;
  if (hash("sha256", text.slice(from + beforePayload.length, to)) !== event.digest) return undefined;
  if (alone) return { line, event, hash: "", whole: true, respelled: false };
  const envelope = text.slice(0, from) + text.slice(to);
  if (envelope.includes("\\")) return undefined;
  return { line, event, hash: hash("sha256", envelope), whole: true, respelled: false };
}

function respelled(text: string, line: number, event: Event | UnknownEvent): Entry | string {
  try {
    return {
      line,
      event,
      hash: hashOf(event),
      whole: hash("sha256", JSON.stringify(event.payload)) === event.digest,
      respelled: harmlessJson(event) !== text && JSON.stringify(event) !== text,
    };
  } catch {
    return "nested too deeply";
  }
}

function isWhole(value: object): value is Event {
  const e = value as Record<string, unknown>;
  const natural = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0;
  return (
    natural(e["v"]) &&
    natural(e["seq"]) &&
    typeof e["incident"] === "string" &&
    typeof e["at"] === "number" &&
    typeof e["by"] === "string" &&
    typeof e["host"] === "string" &&
    (e["step"] === undefined || typeof e["step"] === "string") &&
    typeof e["type"] === "string" &&
    typeof e["digest"] === "string" &&
    typeof e["prev"] === "string" &&
    "payload" in e
  );
}

/** A later version may have another envelope: what is there of it is shown. */
function newer(value: object, behind: number): UnknownEvent | undefined {
  const e = value as Record<string, unknown>;
  if (!Number.isSafeInteger(e["v"]) || (e["v"] as number) < 2) return undefined;
  const text = (key: string) => (typeof e[key] === "string" ? e[key] : "");
  return {
    v: e["v"] as number,
    incident: text("incident"),
    seq: Number.isSafeInteger(e["seq"]) && (e["seq"] as number) > 0 ? (e["seq"] as number) : behind + 1,
    at: typeof e["at"] === "number" ? e["at"] : Number.NaN,
    by: text("by"),
    host: text("host"),
    type: text("type") || "(no type)",
    payload: e["payload"] ?? null,
    digest: text("digest"),
    prev: text("prev"),
  };
}
