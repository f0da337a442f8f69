import { harmless } from "../harmless.ts";
import type { Written } from "../timeline/setting.ts";
import { sameValue, type Json, type Value } from "../timeline/value.ts";
import { sayTries } from "../world/httpRead.ts";
import type { Connection } from "./connection.ts";
import { isPage, mayHaveWritten, nextMove, notAValue, sayStatus } from "./httpWords.ts";
import type { Entry, KeyValue } from "./keyValue.ts";
import { placeIn, questionAbout, type Place } from "./litellmRead.ts";
import { openServer } from "./litellmServer.ts";
import { requestFor } from "./litellmWrite.ts";

export interface Names {
  /** what a scope calls them → hashes of keys */
  keys: Record<string, string>;
  /** → ids of deployments */
  deployments: Record<string, string>;
  caveat: string;
}

const limits = ["blocked", "rpm_limit", "tpm_limit", "budget_usd_per_hour"];

type Unread = { error: string; next?: string; missing?: true };

/**
 * One setting at `kind:id:setting`, as `{"value":…}`. LiteLLM has nothing to make a write conditional on, and its answers
 * prove nothing ("Config updated successfully" is said about what it drops): what was written is read again, once.
 */
export function openLitellmStore(connection: Connection, names: Names): KeyValue {
  const { host } = connection;
  const says = `litellm ${host}`;
  const server = openServer(connection);

  async function look(place: Place): Promise<{ value: Json } | Unread> {
    const question = questionAbout(place);
    const result = await server.ask(question.path);
    const tries = sayTries(result.tries);
    if ("failed" in result) return { error: result.failed + tries };
    const speaker = connection.speaker("GET");
    const told = [200, 404].includes(result.status) ? question.read(result.status, result.body) : undefined;
    if (told === undefined) {
      const wrong = notAValue(result, speaker) ?? `${host} answered JSON that does not tell the value`;
      const why = result.status === 200 ? wrong : sayStatus(result, speaker);
      return { error: why + tries, next: nextMove(result, speaker) };
    }
    return "error" in told ? { ...told, error: `${says}: ${told.error}` } : told;
  }

  /** The place by the id that LiteLLM knows it by. */
  function known(place: Place): Place | Unread {
    const { kind, id } = place;
    const map = kind === "key" ? names.keys : kind === "deployment" ? names.deployments : {};
    if (Object.hasOwn(map, id)) return { ...place, id: map[id]! };
    if (kind === "key" && id.startsWith("sk-"))
      return { error: "a key itself must not stand in a scope", next: "name it in keys of the target in llmops.yaml" };
    if (Object.keys(map).length === 0 || Object.values(map).includes(id)) return place;
    return { error: `${kind}s of the target in llmops.yaml has no ${harmless(id)}`, missing: true };
  }

  return {
    kind: "litellm",
    says,
    format: "json",
    encode: encodeURIComponent,
    async get(address): Promise<Entry | Unread> {
      const place = known(placeIn(address));
      if ("error" in place) return place;
      const [found, version] = await Promise.all([look(place), server.version()]);
      if ("error" in found) return found;
      const notes = [names.caveat, ...notesOn(place)];
      return { text: JSON.stringify(found), version: null, identity: `${says}${version}`, notes };
    },
    async put({ address, change, cause }) {
      const place = known(placeIn(address));
      if ("error" in place) return { refused: true, why: place.error };
      const made = requestFor(place, change.value);
      if ("refused" in made) return made;
      const forbidden = await server.forbids(made.method, made.described);
      if (forbidden !== undefined) return { refused: true, why: forbidden, next: "change it by hand" };
      const body = made.body === undefined ? {} : { body: JSON.stringify(made.body) };
      const headers = { "litellm-changed-by": inHeader(cause.by), "content-type": "application/json" };
      const result = await connection.send({ method: made.method, url: server.urlOf(made.path), headers, ...body });
      if ("failed" in result)
        return result.sent ? { unknown: true, why: result.failed } : { refused: true, why: result.failed };
      const speaker = connection.speaker(made.method);
      const [why, next] = [sayStatus(result, speaker), nextMove(result, speaker)];
      const { status } = result;
      if (mayHaveWritten(status)) return { unknown: true, why, next };
      if (status >= 400) return { refused: true, why, next };
      if (isPage(result.headers["content-type"], result.body))
        return { unknown: true, why: `${host} answered the write with a web page (is a login in front of it?)` };
      return judge(await look(place), change.value);
    },
    /** what the project names, as the addresses that there could be */
    list: async () => [
      ...Object.keys(names.keys).flatMap((id) => limits.map((one) => `key:${id}:${one}`)),
      ...Object.keys(names.deployments).flatMap((id) => ["blocked", "model"].map((one) => `deployment:${id}:${one}`)),
    ],
    async check() {
      const ready = await server.ask("/health/readiness");
      const no = (say: string) => ({ ok: false, say: say + sayTries(ready.tries), ms: ready.ms });
      if ("failed" in ready) return no(ready.failed);
      const wrong = ready.status === 200 ? notAValue(ready, connection.speaker("GET")) : undefined;
      if (ready.status !== 200 || wrong !== undefined) return no(wrong ?? sayStatus(ready, connection.speaker("GET")));
      // the first says nothing about the key
      const asked = await server.ask("/router/settings");
      if ("failed" in asked) return no(asked.failed);
      if ([401, 403].includes(asked.status)) return no(sayStatus(asked, connection.speaker("GET")));
      const version = await server.version();
      return { ok: true, say: `${Math.round(ready.ms)} ms${version}, write not tried`, ms: ready.ms };
    },
  };

  function judge(now: { value: Json } | Unread, wanted: Value): Written {
    if ("error" in now) return { unknown: true, why: `${host} said yes, and then could not be read: ${now.error}` };
    if (sameValue({ is: now.value }, wanted)) return { written: true, version: null };
    return { unknown: true, why: `${host} said yes, and the pod that answers tells another value` };
  }
}

/** What whoever changes it must know. */
function notesOn({ kind, setting }: Place): string[] {
  switch (kind) {
    case "router":
      return ["it tells what is stored, which not every release gives to the router that runs: see the effect"];
    case "deployment":
      return setting === "model" ? [] : ["other deployments of the same model name go on serving"];
    case "key":
    case "team":
      return ["what is read back is one pod's answer: the others follow within a minute"];
    case "model":
      return [];
  }
}

function inHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
