import { join } from "node:path";
import { is } from "../lint/lint.ts";
import { metricsOf, type Metrics } from "../lint/metrics.ts";
import type { ReadFile } from "../lint/read.ts";
import type { Known } from "../lint/rule.ts";
import { respell } from "../queries/respell.ts";
import { spellings } from "../signals/families.ts";
import type { Reading } from "./lintKnown.ts";

/** What rules about queries know, looked up only where there is a query. `readFile`: as what it is, absolute path. */
export async function knownOfQueries(
  world: Reading,
  files: readonly ReadFile[],
  readFile: (path: string) => Promise<ReadFile | undefined>,
): Promise<Pick<Partial<Known>, "metrics" | "sql">> {
  const written = files.flatMap(({ expressions }) => expressions);
  const sql = written.flatMap(({ language, text }) => (language === "sql" ? [text] : []));
  const said = sql.length === 0 ? undefined : await (await import("../sources/calls.ts")).checkSql(sql);
  return {
    ...(said === undefined ? {} : { sql: said }),
    ...(written.some(({ language }) => language === "promql")
      ? { metrics: await metricsOfStacks(world, readFile) }
      : {}),
  };
}

/** Those of our own stacks: a team knows its own. */
async function metricsOfStacks(
  world: Reading,
  readFile: (path: string) => Promise<ReadFile | undefined>,
): Promise<Metrics> {
  const folder = join(world.home, "runbooks/signals");
  const texts: string[] = [];
  for (const name of await world.files.list(folder)) {
    const one = name.endsWith(".yaml") ? await readFile(join(folder, name)) : undefined;
    if (one === undefined || !is(one, "signals") || one.subject.language !== "promql") continue;
    const { signals, spellings: others } = one.subject;
    for (const entry of Object.values(signals))
      texts.push(respell(typeof entry === "string" ? entry : entry.query, (metric) => spellings(others, metric)));
  }
  return metricsOf(texts);
}
