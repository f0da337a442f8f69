import { Buffer } from "node:buffer";
import { readAt } from "../document/edit.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Written } from "../timeline/setting.ts";
import { sayTries, type Tried } from "../world/httpRead.ts";
import type { Connection } from "./connection.ts";
import type { EtcdSession, Unknown } from "./etcdSession.ts";
import { isFull, sayEtcd } from "./etcdWords.ts";
import { fieldOf } from "./field.ts";
import { mayHaveWritten, notAValue, type Answered, type Speaker } from "./httpWords.ts";
import { encodeSegment, fromBase64, segmentsBelow, toBase64 } from "./key.ts";
import type { Entry, KeyValue } from "./keyValue.ts";

const mostNames = 2000;

/** Texts at keys. The version is the key's mod_revision, 0 where there is none. `sample`: the address of a lever. */
export function openEtcdStore({ host, speaker }: Connection, session: EtcdSession, sample = ""): KeyValue {
  const says = `etcd ${host}`;

  /** The keys that begin with a prefix, without their values. */
  const keysBelow = (prefix: string, limit: number) =>
    session.ask("kv/range", { ...rangeOf(prefix), limit: String(limit), keys_only: true });

  return {
    kind: "etcd",
    says,
    format: "json",
    encode: encodeSegment,
    async get(key) {
      const result = await session.ask("kv/range", { key: toBase64(key) });
      const failed = failureOf(result, speaker("POST"));
      return "error" in failed ? failed : entryOf(key, failed.answered, says);
    },
    async put({ address, text, version, keeps }) {
      const key = toBase64(address);
      const put = { key, value: toBase64(text ?? ""), ...(keeps === undefined ? {} : { lease: keeps }) };
      const result = await session.send("kv/txn", {
        compare: [{ key, ...isStill(version ?? "0") }],
        success: [text === null ? { request_delete_range: { key } } : { request_put: put }],
        failure: [{ request_range: { key } }],
      });
      if ("error" in result) return { refused: true, why: result.error, ...nextOf(result) };
      if ("failed" in result)
        return result.sent ? { unknown: true, why: result.failed } : { refused: true, why: result.failed };
      return judge(result, speaker("POST"), version ?? "0", text === null);
    },
    async list(prefix) {
      const result = await keysBelow(prefix, mostNames);
      const failed = failureOf(result, speaker("POST"));
      if ("error" in failed) return [];
      return segmentsBelow(prefix, keysIn(failed.answered.body));
    },
    async check() {
      const [prefix = ""] = sample.split("{");
      // a role may be given for one key alone
      const single = prefix === sample && sample !== "";
      const result = await (single ? session.ask("kv/range", { key: toBase64(sample) }) : keysBelow(prefix, 1));
      const failed = failureOf(result, speaker("POST"));
      const ms = "ms" in result ? result.ms : 0;
      if ("error" in failed) return { ok: false, say: failed.error, ms };
      const tries = "tries" in result ? sayTries(result.tries) : "";
      return { ok: true, say: `${Math.round(ms)} ms${tries}, ${whoIn(failed.answered.body)}, write not tried`, ms };
    },
  };
}

/** A key that does not exist is compared as if all its numbers were 0. */
function isStill(version: string): object {
  if (version === "0") return { target: "CREATE", result: "EQUAL", create_revision: version };
  return { target: "MOD", result: "EQUAL", mod_revision: version };
}

/** From the prefix to the first key that no longer begins with it; all keys for an empty one. */
function rangeOf(prefix: string): { key: string; range_end: string } {
  if (prefix === "") return { key: "AA==", range_end: "AA==" };
  const end = Buffer.from(prefix, "utf8");
  // no text in UTF-8 ends in 0xff
  end[end.length - 1]! += 1;
  return { key: toBase64(prefix), range_end: end.toString("base64") };
}

/** An answer of etcd's key-value store always has a header. */
function failureOf(result: Tried | Unknown, speaker: Speaker): { answered: Answered } | Unknown {
  if ("error" in result) return result;
  const tries = sayTries(result.tries);
  if ("failed" in result) return { error: result.failed + tries };
  if (result.status === 200 && fieldOf(result.body, "/header/cluster_id") !== undefined) return { answered: result };
  if (result.status === 200)
    return {
      error: notAValue(result, speaker) ?? `${speaker.host} does not answer as etcd does`,
      next: "see in llmops.yaml that url is etcd's client address",
    };
  const { why, next } = sayEtcd(result, speaker);
  return { error: why + tries, next };
}

function entryOf(key: string, { body }: Answered, says: string): Entry | { error: string } {
  const who = `${says}, ${whoIn(body)}`;
  const mod = fieldOf(body, "/kvs/0/mod_revision");
  if (mod === undefined) return { text: null, version: "0", identity: `${who}, revision ${revisionIn(body)}` };
  if (fieldOf(body, "/kvs/0/key") !== toBase64(key)) return { error: `${says} answered with another key` };
  const text = fromBase64(fieldOf(body, "/kvs/0/value") ?? "");
  if (text === undefined) return { error: `${harmless(key)} of ${says} holds bytes that are no UTF-8 text` };
  const lease = fieldOf(body, "/kvs/0/lease");
  const entry: Entry = { text, version: mod, identity: `${who}, revision ${shorten(mod, 20)}` };
  if (lease === undefined || lease === "0") return entry;
  const note = `${harmless(key)} has a lease (${sayId(lease)}): when that ends, etcd takes the key away, whoever wrote it`;
  return { ...entry, keeps: lease, notes: [note] };
}

/** Only `succeeded` tells: a lost comparison is a 200, too. */
function judge(answered: Answered, speaker: Speaker, version: string, takesAway: boolean): Written {
  const { status, body } = answered;
  const { host } = speaker;
  if (status === 200 && fieldOf(body, "/header/cluster_id") !== undefined) {
    if (fieldOf(body, "/succeeded") === "true") return { written: true, version: takesAway ? null : revisionIn(body) };
    const found = sayFound(fieldOf(body, "/responses/0/response_range/kvs/0/mod_revision"));
    return { conflict: true, live: null, why: `${host} did not write: ${found}, read was ${sayRevision(version)}` };
  }
  if (status === 200)
    return { unknown: true, why: notAValue(answered, speaker) ?? `${host} answered 200 without saying what it did` };
  const { why, next } = sayEtcd(answered, speaker);
  const certain = isFull(answered) || (status >= 400 && !mayHaveWritten(status));
  return certain ? { refused: true, why, next } : { unknown: true, why, next };
}

function sayFound(revision: string | undefined): string {
  return revision === undefined ? "the key is not there" : `the key is at revision ${shorten(revision, 20)}`;
}

function sayRevision(version: string): string {
  return version === "0" ? "that there is none" : `revision ${version}`;
}

function whoIn(body: string): string {
  const id = (name: string) => sayId(fieldOf(body, `/header/${name}`) ?? "");
  return `cluster ${id("cluster_id")}, member ${id("member_id")}`;
}

function revisionIn(body: string): string {
  return shorten(fieldOf(body, "/header/revision") ?? "unknown", 20);
}

/** As etcdctl shows ids. */
function sayId(decimal: string): string {
  return /^\d{1,20}$/.test(decimal) ? BigInt(decimal).toString(16) : shorten(decimal, 20);
}

function keysIn(body: string): string[] {
  const read = readAt(body, "json", "/kvs");
  if ("error" in read || !("is" in read.value) || !Array.isArray(read.value.is)) return [];
  return read.value.is.flatMap((one) => {
    const key = typeof one === "object" && one !== null && !Array.isArray(one) ? one["key"] : undefined;
    return typeof key === "string" ? (fromBase64(key) ?? []) : [];
  });
}

function nextOf({ next }: Unknown): { next?: string } {
  return next === undefined ? {} : { next };
}
