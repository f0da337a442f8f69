import { readAt } from "../document/edit.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Written } from "../timeline/setting.ts";
import { sayTries } from "../world/httpRead.ts";
import type { Connection } from "./connection.ts";
import { consulKeyUrl, consulUrl, isConsulKey } from "./consulKey.ts";
import { hasNoLeader, sayConsul } from "./consulWords.ts";
import { fieldOf } from "./field.ts";
import { mayHaveWritten, notAValue, type Answered, type Speaker } from "./httpWords.ts";
import { encodeSegment, fromBase64, segmentsBelow } from "./key.ts";
import type { Entry, KeyValue } from "./keyValue.ts";

/** Which datacenter it is, is only good to know, ms. */
const aboutMs = 2000;

/** Texts at keys. The version is the key's ModifyIndex, 0 where there is none. `sample`: the address of a lever. */
export function openConsulStore(connection: Connection, sample = ""): KeyValue {
  const { base, host } = connection;
  const says = `consul ${host}`;

  /** As the agent tells it; "" where it does not, or this token may not ask. */
  async function datacenter(): Promise<string> {
    const result = await connection.ask({ method: "GET", url: consulUrl(base, "agent/self"), deadlineMs: aboutMs });
    const name = "status" in result && result.status === 200 ? fieldOf(result.body, "/Config/Datacenter") : undefined;
    return name === undefined ? "" : `, datacenter ${shorten(name, 40)}`;
  }

  return {
    kind: "consul",
    says,
    format: "json",
    encode: encodeSegment,
    async get(key) {
      if (!isConsulKey(key)) return noKey(key);
      const asked = connection.ask({ method: "GET", url: consulKeyUrl(base, key) });
      const [result, where] = await Promise.all([asked, datacenter()]);
      if ("failed" in result) return { error: result.failed + sayTries(result.tries) };
      const identity = (index: string) => `${says}${where}, index ${shorten(index, 20)}`;
      const index = result.headers["x-consul-index"];
      // a path that Consul does not know is a 404, too, without an index
      if (result.status === 404 && index !== undefined) return { text: null, version: "0", identity: identity(index) };
      const speaker = connection.speaker("GET");
      if (result.status === 200) return entryOf(key, result, speaker, identity);
      const { why, next } = sayConsul(result, speaker);
      return { error: why + sayTries(result.tries), next };
    },
    async put({ address, text, version, keeps = "0" }) {
      if (!isConsulKey(address)) return { refused: true, why: noKey(address).error };
      const method = text === null ? "DELETE" : "PUT";
      const flags: Record<string, string> = text === null || keeps === "0" ? {} : { flags: keeps };
      const url = consulKeyUrl(base, address, { cas: version ?? "0", ...flags });
      const result = await connection.send({ method, url, ...(text === null ? {} : { body: text }) });
      if ("failed" in result)
        return result.sent ? { unknown: true, why: result.failed } : { refused: true, why: result.failed };
      return judge(result, connection.speaker(method), version);
    },
    async list(prefix) {
      const result = await connection.ask({ method: "GET", url: keysUrl(base, prefix) });
      if ("failed" in result || result.status !== 200) return [];
      return segmentsBelow(prefix, namesIn(result.body));
    },
    async check() {
      // who may not list is told that there is nothing; of a key itself the truth
      const [prefix = ""] = sample.split("{");
      const url = prefix === sample && prefix !== "" ? consulKeyUrl(base, sample) : keysUrl(base, prefix);
      const [result, where] = await Promise.all([connection.ask({ method: "GET", url }), datacenter()]);
      const tries = sayTries(result.tries);
      if ("failed" in result) return { ok: false, say: result.failed + tries, ms: result.ms };
      const answers = result.headers["x-consul-index"] !== undefined && [200, 404].includes(result.status);
      const speaker = connection.speaker("GET");
      if (!answers) return { ok: false, say: notConsul(result, speaker) + tries, ms: result.ms };
      return { ok: true, say: `${Math.round(result.ms)} ms${tries}${where}, write not tried`, ms: result.ms };
    },
  };
}

function noKey(key: string): { error: string } {
  return { error: `${shorten(key, 120)} is no key that a URL can carry; nothing was sent` };
}

function keysUrl(base: URL, prefix: string): URL {
  return consulKeyUrl(base, prefix, { keys: "", separator: "/" });
}

function entryOf(
  key: string,
  answered: Answered,
  speaker: Speaker,
  identity: (index: string) => string,
): Entry | { error: string; next?: string } {
  const { body } = answered;
  const [told, index, flags] = ["Key", "ModifyIndex", "Flags"].map((name) => fieldOf(body, `/0/${name}`));
  if (told !== key || index === undefined || !/^\d+$/.test(index))
    return { error: notConsul(answered, speaker), next: "see in llmops.yaml that url is Consul's HTTP API" };
  const value = fieldOf(body, "/0/Value");
  // an empty value is told as null
  const text = value === undefined ? "" : fromBase64(value);
  if (text === undefined) return { error: `${harmless(key)} of ${speaker.host} holds bytes that are no UTF-8 text` };
  return { text, version: index, identity: identity(index), keeps: flags ?? "0" };
}

function notConsul(answered: Answered, speaker: Speaker): string {
  const wrong = answered.status === 200 ? notAValue(answered, speaker) : sayConsul(answered, speaker).why;
  return wrong ?? `${speaker.host} does not answer as Consul does`;
}

/** `true` is the only success there is: a lost compare-and-set is a 200, too. */
function judge(answered: Answered, speaker: Speaker, version: string | null): Written {
  const { status, body } = answered;
  if (status === 200 && body.trim() === "true") return { written: true, version: null };
  if (status === 200 && body.trim() === "false")
    return { conflict: true, live: null, why: `${speaker.host} answered false: ${sayLost(version)}` };
  const { why, next } = sayConsul(answered, speaker);
  if (status === 200)
    return { unknown: true, why: `${speaker.host} answered 200, and neither true nor false: ${shorten(body, 60)}` };
  const certain = hasNoLeader(answered) || (status >= 400 && !mayHaveWritten(status));
  return certain ? { refused: true, why, next } : { unknown: true, why, next };
}

function sayLost(version: string | null): string {
  return version === "0" || version === null
    ? "somebody made the key since it was read"
    : `the key is no longer at index ${version}`;
}

function namesIn(body: string): string[] {
  const read = readAt(body, "json", "");
  if ("error" in read || !("is" in read.value) || !Array.isArray(read.value.is)) return [];
  return read.value.is.filter((name) => typeof name === "string");
}
