import { createHash } from "node:crypto";
import { pointerOf, readAt } from "../document/edit.ts";
import { didYouMean, nearest } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import { sameValue } from "../timeline/value.ts";
import { sayTries } from "../world/httpRead.ts";
import type { Connection } from "./connection.ts";
import { notAValue } from "./httpWords.ts";
import type { Entry, KeyValue } from "./keyValue.ts";
import { flagIn, namesIn, type Flag } from "./unleashFlag.ts";
import { judge, notesOn, refusal, saysNoFlag } from "./unleashWords.ts";
import { messageFor } from "./unleashWrite.ts";

export interface Unleash {
  connection: Connection;
  project: string;
  environment: string;
}

type Unread = { error: string; next?: string; missing?: true };

/**
 * Flags by name, through the admin API. There is nothing to make a write conditional on: no ETag, and the `test` of a JSON
 * patch is refused. The answer to a write proves nothing either (on and off are answered with an empty body): the flag is
 * read again, once.
 */
export function openUnleashStore({ connection, project, environment }: Unleash): KeyValue {
  const { host } = connection;
  const says = `unleash ${host}`;
  const place = `project ${project}, environment ${environment}`;
  const features = `projects/${project}/features`;
  let server: Promise<string> | undefined;

  const urlOf = (path: string) => new URL(`${connection.base.href.replace(/\/+$/, "")}/api/admin/${path}`);
  const ask = (path: string) => connection.ask({ method: "GET", url: urlOf(path) });
  const version = async (): Promise<string> => {
    const result = await connection.ask({ method: "GET", url: urlOf("ui-config"), deadlineMs: 2000 });
    const read = "status" in result && result.status === 200 ? readAt(result.body, "json", "/version") : undefined;
    const is = read !== undefined && "value" in read && "is" in read.value ? read.value.is : undefined;
    return typeof is === "string" ? ` (${shorten(is, 20)})` : "";
  };
  const namesOfFlags = async (): Promise<string[]> => {
    const result = await ask(features);
    return "failed" in result || result.status !== 200 ? [] : namesIn(result.body, "features", "name");
  };

  async function look(name: string): Promise<{ flag: Flag } | Unread> {
    const result = await ask(`${features}/${name}`);
    const tries = sayTries(result.tries);
    if ("failed" in result) return { error: result.failed + tries };
    const speaker = connection.speaker("GET");
    if (result.status === 404 && saysNoFlag(result.body)) {
      const near = nearest(name, await namesOfFlags());
      return {
        error: `${says}, project ${project}, has no flag ${harmless(name)}, or it is archived${near === undefined ? "" : ` (nearest: ${harmless(near)})`}`,
        missing: true,
      };
    }
    if (result.status !== 200) {
      const [why, next] = refusal(result, speaker, place);
      return { error: why + tries, next };
    }
    const wrong = notAValue(result, speaker);
    const flag = flagIn(result.body, environment);
    if (wrong !== undefined || "error" in flag)
      return {
        error: wrong ?? `${host} ${"error" in flag ? flag.error : ""}`,
        next: "see in llmops.yaml that url is right",
      };
    if ("others" in flag)
      return {
        error: `${says}, project ${project}, has no environment ${environment} but ${shorten(flag.others.join(", "), 120)}`,
        next: "mend environment of the target in llmops.yaml",
      };
    return { flag };
  }

  async function get(name: string): Promise<Entry | Unread> {
    server ??= version().catch(() => "");
    const [found, told] = await Promise.all([look(name), server]);
    if ("error" in found) return found;
    const notes = notesOn(found.flag);
    return {
      text: found.flag.text,
      version: digest(found.flag.text),
      identity: `${says}${told}, ${place}`,
      ...(notes.length === 0 ? {} : { notes }),
    };
  }

  return {
    kind: "unleash",
    says: `${says}, ${place}`,
    format: "json",
    encode: encodeURIComponent,
    get,
    async put(put) {
      const made = messageFor(put);
      if ("refused" in made) return made;
      const path = `${features}/${put.address}/environments/${environment}/${made.path}`;
      const result = await connection.send({ ...made, url: urlOf(path) });
      if ("failed" in result)
        return result.sent ? { unknown: true, why: result.failed } : { refused: true, why: result.failed };
      const judged = judge(result, connection.speaker(made.method), place);
      if (judged !== undefined) return judged;
      const again = await look(put.address);
      if ("error" in again)
        return { unknown: true, why: `${host} answered 200, and then could not be read: ${again.error}` };
      const now = readAt(again.flag.text, "json", pointerOf(put.change.path));
      if ("value" in now && sameValue(now.value, put.change.value))
        return { written: true, version: digest(again.flag.text) };
      return { unknown: true, why: `${host} answered 200, and it is not what was written` };
    },
    list: namesOfFlags,
    async check() {
      const result = await ask(`projects/${project}/overview`);
      const { ms } = result;
      const no = (say: string) => ({ ok: false, say: say + sayTries(result.tries), ms });
      if ("failed" in result) return no(result.failed);
      if (result.status === 404) return no(`${says} has no project ${project}`);
      if (result.status !== 200) return no(refusal(result, connection.speaker("GET"), place)[0]);
      const wrong = notAValue(result, connection.speaker("GET"));
      if (wrong !== undefined) return no(wrong);
      const names = namesIn(result.body, "environments", "environment");
      if (!names.includes(environment))
        return no(
          `project ${project} has no environment ${environment}${didYouMean(
            environment,
            names.map((one) => harmless(one)),
          )}`,
        );
      return { ok: true, say: `${Math.round(ms)} ms, environment ${environment}, write not tried`, ms };
    },
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
