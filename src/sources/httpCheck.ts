import type { Reach } from "../world/reach.ts";
import type { Connection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import type { Json } from "./httpAnswer.ts";
import { fillingOf, openReadings } from "./httpReadings.ts";
import type { HttpSettings } from "./httpSchema.ts";
import { fill } from "./httpTemplate.ts";

const windowMs = 300_000;

/** The first signal that can be asked for without a scope, now; where there is none, whether the service is there at all. */
export async function httpCheck(
  { signals }: HttpSettings,
  connection: Connection,
  api: Api<Json>,
  at: number,
): Promise<Reach> {
  const everything = fillingOf({ scope: {} }, at - windowMs, at);
  const found = Object.entries(signals).find(([, signal]) => !("error" in fill(signal, everything)));
  if (found === undefined) {
    const result = await connection.ask({ method: "GET", path: "/", form: {}, maxBytes: 1 << 20 });
    const there = "status" in result && (result.status === 404 || (result.status >= 200 && result.status < 300));
    const say = `${Math.round(result.ms)} ms, but every signal needs a scope: none was tried`;
    if (there) return { ok: true, say, ms: result.ms };
    const read = readExchange(result, api);
    return { ok: !("error" in read), say: "error" in read ? read.error : say, ms: result.ms };
  }
  const [name, signal] = found;
  const answer = await openReadings(connection, api).now(
    { name, signal, query: { signal: name, scope: {}, windowMs } },
    at,
  );
  if ("error" in answer) return { ok: false, say: answer.error, ms: answer.ms };
  const told = answer.data === null ? "no value now" : String(Number(answer.data.toPrecision(4)));
  return { ok: true, say: `${Math.round(answer.ms)} ms, ${name}: ${told}`, ms: answer.ms };
}
