import { shorten } from "../harmless.ts";
import { isName } from "../queries/logLabel.ts";
import type { Reach } from "../world/reach.ts";
import type { PromAnswer } from "./answer.ts";
import type { Connection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import { isRecord } from "./json.ts";
import { sayNewest } from "./newest.ts";

const hourMs = 3_600_000;
const longest = 1 << 20;

/** Ready? Is there anything for this tenant? And how old is the newest line? */
export async function lokiCheck(connection: Connection, api: Api<PromAnswer>, now: number): Promise<Reach> {
  const times = { start: `${now - hourMs}000000`, end: `${now}000000` };
  const get = (path: string, form: Record<string, string>) =>
    connection.ask({ method: "GET", path, form, maxBytes: longest });
  const ready = await get("/ready", {});
  // a gateway in front of Loki may not know this path: only Loki's own "not yet" counts
  if ("status" in ready && ready.status === 503 && /not ready/i.test(ready.body))
    return { ok: false, say: `${api.base.host} is not ready: ${shorten(ready.body, 120)}`, ms: ready.ms };

  const asked = await get("/loki/api/v1/labels", times);
  const found = readExchange(asked, { ...api, read: readNames });
  if ("error" in found) return { ok: false, say: found.error, ms: asked.ms };
  const [name] = found.names;
  if (name === undefined) return { ok: true, say: sayNewest(asked.ms, undefined, now), ms: asked.ms };

  const query = `{${name}=~".+"}`;
  const last = await get("/loki/api/v1/query_range", { ...times, query, limit: "1", direction: "backward" });
  const read = readExchange(last, api);
  if ("error" in read) return { ok: false, say: read.error, ms: last.ms };
  return { ok: true, say: sayNewest(asked.ms, "lines" in read ? read.lines[0]?.at : undefined, now), ms: asked.ms };
}

/** The names that can stand in a selector, those first that most streams have. */
function readNames(body: string): { names: string[] } | { error: string } {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return { error: "answered half a list of labels" };
  }
  if (!isRecord(answer) || answer["status"] !== "success") return { error: "answered JSON that is no list of labels" };
  const data: unknown[] = Array.isArray(answer["data"]) ? answer["data"] : [];
  const names = data.filter((name): name is string => typeof name === "string" && isName(name));
  const common = ["service_name", "app", "job", "namespace"];
  return { names: [...common.filter((name) => names.includes(name)), ...names] };
}
