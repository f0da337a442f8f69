import type { NamedSource } from "../project.ts";
import { metricNames } from "../queries/selector.ts";
import { prepareText } from "../signals/prepare.ts";
import { recognise, type Recognised } from "../signals/recognise.ts";
import type { Stack } from "../signals/stack.ts";
import type { Source } from "../sources/source.ts";
import type { World } from "../world/world.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a source that answers has. */
export interface Looked {
  source: string;
  /** the names of its metrics, of today; undefined: it has none (call records), or could not be asked */
  metrics?: readonly string[];
  /** why the names could not be had */
  blind?: string;
  /** the stacks that its metrics look like, the likeliest first */
  looksLike: Recognised[];
  /** is there anything of this hour yesterday, and a week ago? undefined: it cannot be asked */
  yesterday?: boolean;
  lastWeek?: boolean;
}

/** `stack`: whose signals are read there; `stacks`: all that are known. */
export async function lookAt(
  { name, open, language }: NamedSource,
  stack: Stack | undefined,
  stacks: readonly Stack[],
  world: World,
): Promise<Looked> {
  const source = open();
  const at = world.clock.now();
  const names = await source.values?.("__name__", { from: at - dayMs, to: at });
  const metrics = names !== undefined && "data" in names ? names.data : undefined;
  const looksLike = metrics === undefined ? [] : recognise(metrics, stacks);
  const one = language === "sql" ? "sum(w)" : countOf(stack, metrics ?? [], looksLike);
  const [yesterday, lastWeek] =
    one === undefined || stack === undefined
      ? []
      : await Promise.all([dayMs, 7 * dayMs].map((ago) => holds(one, stack, source, language, at - ago)));
  return {
    source: name,
    ...(metrics === undefined ? {} : { metrics }),
    ...(names !== undefined && "error" in names ? { blind: names.error } : {}),
    looksLike,
    ...(yesterday === undefined ? {} : { yesterday }),
    ...(lastWeek === undefined ? {} : { lastWeek }),
  };
}

/** What counts something that is surely there when calls are: the requests, else any metric of the stack. */
function countOf(stack: Stack | undefined, metrics: readonly string[], looksLike: Recognised[]): string | undefined {
  const requests = stack?.queries.get("request_rate");
  const wanted = requests?.language === "promql" ? metricNames(requests.text) : [];
  const metric = [...wanted, ...(looksLike[0]?.seen ?? [])].find((one) => metrics.includes(one));
  return metric === undefined ? undefined : `count(last_over_time(${metric}[1h]))`;
}

/** Whether anything is known of the hour before; undefined: it could not be asked. */
async function holds(
  text: string,
  stack: Stack,
  source: Source,
  language: NamedSource["language"],
  at: number,
): Promise<boolean | undefined> {
  const match = source.match === undefined ? {} : { match: source.match };
  const window = language === "sql" ? { windowMs: hourMs } : {};
  const prepared = prepareText(stack, text, { scope: {}, language, ...match, ...window });
  if ("refused" in prepared) return undefined;
  const answer = await source.instant(prepared.query, at);
  return "error" in answer ? undefined : answer.data.some(({ value }) => value > 0);
}
