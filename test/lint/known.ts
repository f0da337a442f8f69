import { readdirSync, readFileSync } from "node:fs";
import type { Expression } from "../../src/lint/expression.ts";
import { rules } from "../../src/lint/index.ts";
import { metricsOf } from "../../src/lint/metrics.ts";
import { read, recognise, type File } from "../../src/lint/read.ts";
import type { Known } from "../../src/lint/rule.ts";
import { readCatalogue, readStack, type Stack } from "../../src/signals/stack.ts";
import { checkSql } from "../../src/sources/calls.ts";

const folder = new URL("../../runbooks/signals/", import.meta.url);
const textOf = (file: string) => ({ text: readFileSync(new URL(file, folder), "utf8"), file });

export const catalogue = readCatalogue(textOf("catalogue.yaml")).catalogue!;

/** The stacks that come with us. */
export const stacks: Stack[] = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml") && file !== "catalogue.yaml")
  .map((file) => readStack({ catalogue, stack: textOf(file) }).stack!);

/** What the rules about queries know of the world, as the command gives it to them. */
export const known = {
  catalogue,
  metrics: metricsOf(
    stacks.flatMap(({ queries }) =>
      [...queries.values()].flatMap(({ language, text }) => (language === "promql" ? [text] : [])),
    ),
  ),
} satisfies Partial<Known>;

/** And of the SQL in these runbooks. */
export async function knownOf(files: readonly File[]): Promise<Partial<Known>> {
  const written = files.flatMap((file) => read(recognise(file)).expressions);
  const sql = await checkSql(written.flatMap(({ language, text }) => (language === "sql" ? [text] : [])));
  if (sql === undefined) throw new Error("DuckDB is not installed");
  return { ...known, sql };
}

/** What the rules say of one query, as "rule: message". */
export function saysOf(text: string, about: Partial<Expression> = {}): string[] {
  const said: string[] = [];
  const query: Expression = { language: "promql", text, path: [], use: "alert", name: "a", ...about };
  for (const rule of rules)
    if (rule.on === query.language)
      rule.check(query, { runbooks: [], ...known }, (_, message) => said.push(`${rule.name}: ${message}`));
  return said;
}
