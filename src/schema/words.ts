import type { z } from "zod";
import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/**
 * What is wrong with a value, for zod's `error` option: without its subject, which the caller puts in front. "needs text,
 * it is a list". A schema's own messages win over these; they too start with a verb ("needs …", "is …").
 */
export function sayIssue(issue: RawIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case "invalid_type":
      return input === undefined ? "is missing" : needs(sayType(issue.expected), input);
    case "invalid_value":
      return input === undefined
        ? `is missing: one of ${issue.values.join(", ")}`
        : sayOneOf(issue.values.map(String), input);
    case "invalid_format":
      return `is written differently than expected: ${sayValue(input)}`;
    case "too_small":
      return sayBound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum, input);
    case "too_big":
      return sayBound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum, input);
    case "not_multiple_of":
      return needs(`a multiple of ${issue.divisor}`, input);
    case "unrecognized_keys":
      return "is not known here";
    case "invalid_union":
      return `cannot be ${sayValue(input)}`;
    default:
      return "is not valid";
  }
}

export function needs(what: string, input: unknown): string {
  return `needs ${what}, it is ${sayValue(input)}`;
}

/** "needs one of a, b, it is "c"", with the one that was probably meant. */
export function sayOneOf(values: readonly string[], input: unknown): string {
  const meant = typeof input === "string" ? didYouMean(input, values) : "";
  return needs(values.length === 1 ? values[0]! : `one of ${values.join(", ")}`, input) + meant;
}

/** What a schema wants to see, as a reader of YAML says it. */
export function sayType(expected: string): string {
  return types[expected] ?? expected;
}

const types: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "a map of key: value",
  record: "a map of key: value",
  null: "nothing",
};

function sayBound(origin: string, least: string, bound: number | bigint, input: unknown): string {
  if (origin === "array")
    return Array.isArray(input) && input.length === 0 ? "is empty" : `needs ${least} ${bound} entries`;
  if (origin === "string") return input === "" ? "is empty" : `needs ${least} ${bound} characters`;
  return needs(`${least} ${bound}`, input);
}

/** Short and harmless: what stands there instead. */
function sayValue(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return value === "" ? "empty" : JSON.stringify(shortenEnd(value));
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "something else";
}

function shortenEnd(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** "`for` needs a duration", "entry 2 of `alerts` needs text"; words that do not start with a verb stand after a colon. */
export function say(path: readonly (string | number)[], message: string, whole: string): string {
  const list = path.findLast((part) => typeof part === "string");
  const last = path.at(-1);
  const entry = (index: number) => `entry ${index + 1} of ${list === undefined ? whole : quote(list)}`;
  const subject = last === undefined ? whole : typeof last === "number" ? entry(last) : quote(last);
  const verb = /^(needs|is|has|must|cannot|can|takes|names|does|may|should)\b/.test(message);
  return `${subject}${verb ? "" : ":"} ${harmless(message)}`;
}

export function quote(key: string): string {
  return `\`${harmless(key)}\``;
}
