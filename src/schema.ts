import { z } from "zod";
import type { Document, Finding, Path } from "./document.ts";
import { parseDuration } from "./duration.ts";
import { didYouMean } from "./errors.ts";
import { harmless } from "./harmless.ts";
import { needs, sayIssue, sayType } from "./words.ts";

/** What does not fit a schema, and where. */
export interface Mistake {
  path: Path;
  /** the key at `path` is meant, not its value */
  key: boolean;
  /** a whole sentence without its full stop */
  message: string;
  /** nothing stands there */
  missing: boolean;
}

/** "90s", "30m", "1h30m" → ms. */
export const durationSchema = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: needs("a duration like 90s, 30m or 1h30m", text) });
  return z.NEVER;
});

/** Reads the document, or what stands at `path` in it, by a schema; findings are in the order of the text. */
export function checkSchema<T>(
  schema: z.ZodType<T>,
  document: Document,
  rule: string,
  path: Path = [],
): { value?: T; findings: Finding[] } {
  const { value, mistakes } = checkValue(schema, valueAt(document.value, path));
  if (mistakes.length === 0) return { value: value as T, findings: [] };
  const findings = mistakes.map(({ path: below, key, message }): Finding => {
    const place = document.at([...path, ...below], key);
    return { file: document.file, ...place, rule, severity: "error", message };
  });
  return { findings: findings.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column) };
}

/** Reads a value by a schema; without mistakes `value` is what the schema makes of it. */
export function checkValue<T>(schema: z.ZodType<T>, value: unknown): { value?: T; mistakes: Mistake[] } {
  // zod tells which keys are unknown, not which are known: those are read off the schema while it still is at hand
  const known = new WeakMap<string[], string[]>();
  const error = (issue: Parameters<typeof sayIssue>[0]) => {
    if (issue.code === "unrecognized_keys") known.set(issue.keys, keysOf(issue["schema"]));
    return sayIssue(issue);
  };
  const checked = schema.safeParse(value, { error });
  if (checked.success) return { value: checked.data, mistakes: [] };
  const mistakes = checked.error.issues.flatMap((issue) => mistakesOf(issue, [], value, known));
  return { mistakes };
}

function mistakesOf(issue: z.core.$ZodIssue, above: Path, root: unknown, known: WeakMap<string[], string[]>): Mistake[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        key: true,
        message: `unknown key ${quote(key)}${didYouMean(key, known.get(issue.keys) ?? [])}`,
        missing: false,
      }));
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ path, key: true, message: say(path, message), missing: false }));
    case "invalid_union": {
      const [branch, ...others] = likeliest(issue.errors);
      if (branch !== undefined && others.length === 0) return branch.flatMap((i) => mistakesOf(i, path, root, known));
      const wanted = expectedOf(issue.errors);
      const message = wanted === undefined ? issue.message : needs(wanted, valueAt(root, path));
      return [mistake(path, message, root)];
    }
    default:
      return [mistake(path, issue.message, root)];
  }
}

function mistake(path: Path, message: string, root: unknown): Mistake {
  return { path, key: false, message: say(path, message), missing: path.length > 0 && valueAt(root, path) === undefined };
}

/** Of the ways a value could be meant, those whose outer shape it has; of several, the one with the fewest mistakes. */
function likeliest(branches: z.core.$ZodIssue[][]): z.core.$ZodIssue[][] {
  const shaped = branches.filter((issues) => !issues.some((i) => i.path.length === 0 && i.code === "invalid_type"));
  const least = Math.min(...shaped.map((issues) => issues.length));
  return shaped.filter((issues) => issues.length === least).slice(0, 1);
}

/** "text or a list", where all branches failed by the type of the value alone. */
function expectedOf(branches: z.core.$ZodIssue[][]): string | undefined {
  const types = branches.map(([first]) => (first?.code === "invalid_type" ? sayType(first.expected) : undefined));
  return types.includes(undefined) ? undefined : [...new Set(types)].join(" or ");
}

/** "`for` needs a duration", "entry 2 of `alerts` needs text"; words that do not start with a verb stand after a colon. */
function say(path: Path, message: string): string {
  const name = path.findLast((part) => typeof part === "string");
  const last = path.at(-1);
  const subject =
    last === undefined ? "this file" : typeof last === "number" ? `entry ${last + 1}${name === undefined ? "" : ` of ${quote(name)}`}` : quote(last);
  const verb = /^(needs|is|has|must|cannot|can|takes|names|does|may|should)\b/.test(message);
  return `${subject}${verb ? "" : ":"} ${harmless(message)}`;
}

function quote(key: string): string {
  return `\`${harmless(key)}\``;
}

function keysOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}
