import { z } from "zod";
import type { Document, Finding, Path } from "../document/document.ts";
import { parseDuration } from "../duration.ts";
import { nearest } from "../errors.ts";
import { needs, quote, say, sayIssue, sayType } from "./words.ts";

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

const duration = "a duration like 90s, 30m or 1h30m";

/** "90s", "30m", "1h30m" → ms. */
export const durationSchema = z
  .string({ error: ({ input }) => (input === undefined ? undefined : needs(duration, input)) })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: "custom", message: needs(duration, text) });
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
  if (mistakes.length === 0) return { value, findings: [] };
  const findings = mistakes.map(({ path: below, key, message }): Finding => {
    const place = document.at([...path, ...below], key);
    return { file: document.file, ...place, rule, severity: "error", message };
  });
  return { findings: findings.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column) };
}

/** Reads a value by a schema; without mistakes `value` is what the schema makes of it. `name`: what the whole is called. */
export function checkValue<T>(
  schema: z.ZodType<T>,
  value: unknown,
  name = "this file",
): { value?: T; mistakes: Mistake[] } {
  // zod tells which keys are unknown, not which are known: those are read off the schema while it still is at hand
  const known = new WeakMap<string[], string[]>();
  const error = (issue: Parameters<typeof sayIssue>[0]) => {
    if (issue.code === "unrecognized_keys") known.set(issue.keys, keysOf(issue["schema"]));
    return sayIssue(issue);
  };
  const checked = parse(schema, value, error);
  if (checked === undefined) {
    const message = `${name} does not fit its shape in more places than can be told`;
    return { mistakes: [{ path: [], key: false, message, missing: false }] };
  }
  if (checked.success) return { value: checked.data, mistakes: [] };
  const found = checked.error.issues.flatMap((issue) => mistakesOf(issue, [], value, known));
  return {
    mistakes: withoutEchoes(found).map(({ path, key, message, missing, instead }) => {
      return { path, key, missing, message: instead === undefined ? say(path, message, name) : message };
    }),
  };
}

/** Undefined: so much is wrong that zod, which hands all of it over in one call, runs out of stack. */
function parse<T>(schema: z.ZodType<T>, value: unknown, error: z.core.$ZodErrorMap) {
  try {
    return schema.safeParse(value, { error, jitless: true });
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** A misspelt key is one mistake: that the right one is missing, or that the whole does not add up, follows from it. */
function withoutEchoes(mistakes: Found[]): Found[] {
  const misspelt = mistakes.filter(({ instead }) => instead !== undefined);
  const echoes = ({ path, missing, custom }: Found) =>
    misspelt.some(({ path: wrong, instead }) => {
      const within = wrong.slice(0, -1);
      return (custom && isSame(path, within)) || (missing && isSame(path, [...within, ...instead!]));
    });
  return mistakes.filter((one) => !echoes(one));
}

function isSame(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

interface Found extends Mistake {
  /** said by a check of the schema over a whole, not by the type of a value */
  custom?: boolean;
  /** the path is an unknown key: the known key that was meant, if one is near */
  instead?: [] | [string];
}

function mistakesOf(issue: z.core.$ZodIssue, above: Path, root: unknown, known: WeakMap<string[], string[]>): Found[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const meant = nearest(key, known.get(issue.keys) ?? []);
        const message = `unknown key ${quote(key)}${meant === undefined ? "" : `, did you mean ${meant}?`}`;
        return {
          path: [...path, key],
          key: true,
          message,
          missing: false,
          instead: meant === undefined ? [] : [meant],
        };
      });
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ path, key: true, message, missing: false }));
    case "invalid_union": {
      const branch = likeliest(issue.errors);
      if (branch !== undefined) return branch.flatMap((i) => mistakesOf(i, path, root, known));
      const wanted = expectedOf(issue.errors);
      const message = wanted === undefined ? issue.message : needs(wanted, valueAt(root, path));
      return [mistake(path, message, root)];
    }
    default:
      return [{ ...mistake(path, issue.message, root), custom: issue.code === "custom" }];
  }
}

function mistake(path: Path, message: string, root: unknown): Found {
  return { path, key: false, message, missing: path.length > 0 && valueAt(root, path) === undefined };
}

/** Of the ways a value could be meant, the one whose outer shape it has; of several, the one with the fewest mistakes. */
function likeliest(branches: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const shaped = branches.filter((issues) => !issues.some(isOfType));
  return shaped.toSorted((a, b) => a.length - b.length)[0];
}

/** The value has another outer shape than is wanted there, or than any that is wanted there. */
function isOfType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.length > 0 && issue.errors.every((one) => one.some(isOfType));
  return issue.code === "invalid_type";
}

/** "text or a list", where all branches failed by the type of the value alone. */
function expectedOf(branches: z.core.$ZodIssue[][]): string | undefined {
  const types = branches.map(([first]) => (first?.code === "invalid_type" ? sayType(first.expected) : undefined));
  return types.includes(undefined) ? undefined : [...new Set(types)].join(" or ");
}

function keysOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What stands at `path` in plain data; undefined when nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}
