import { didYouMean } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import { dimensions, isDimension, type Dimension, type Scope } from "../timeline/scope.ts";

/** As `llmops.yaml` has it: a path with a query, and what is sent along as JSON. */
export interface Template {
  at: string;
  body?: unknown;
}

/** What stands for the placeholders. Times in ms. */
export interface Filling {
  scope: Scope;
  from: number;
  to: number;
  /** between two points of a history */
  step: number;
}

export interface Filled {
  path: string;
  form: Record<string, string>;
  json?: string;
}

const placeholder = /\{([a-z_]+)\}/g;
const times = ["from", "to", "from_ms", "to_ms", "step"] as const;

/** The dimensions that a template asks about. */
export function dimensionsIn({ at, body }: Template): Dimension[] {
  const text = `${at} ${JSON.stringify(body ?? null)}`;
  return dimensions.filter((dimension) => text.includes(`{${dimension}}`));
}

/** Whether the template says until when is meant: then the past can be asked about too. */
export function tellsTime({ at, body }: Template): boolean {
  return /\{to(_ms)?\}/.test(`${at} ${JSON.stringify(body ?? null)}`);
}

/**
 * What is wrong with a template, if anything. A dimension must be the whole of a query parameter or of a text of the body:
 * inside a longer text a value could be read as a piece of somebody's query language.
 */
export function mistakeIn({ at, body }: Template): string | undefined {
  const [path = "", query = ""] = at.split(/\?(.*)/s);
  const steps = path.split("/").map((step) => step.replace(/%2e/gi, "."));
  if (!at.startsWith("/") || /[\\#\s]/.test(at) || steps.includes(".") || steps.includes(".."))
    return "expected a path below url, like /scores/latest?route={route}";
  const texts = [...new URLSearchParams(query).values(), ...textsIn(body)];
  for (const [, word] of [path, ...texts].flatMap((text) => [...text.matchAll(placeholder)]))
    if (!isDimension(word!) && !times.includes(word as (typeof times)[number]))
      return `names {${harmless(word!)}}, which is neither a dimension nor a time${didYouMean(word!, [...dimensions, ...times])}`;
  if (keysIn(body).some((key) => key.search(placeholder) !== -1))
    return "has a placeholder for a key: only values can be filled in";
  const inside = texts.find((text) => dimensions.some((d) => text.includes(`{${d}}`) && text !== `{${d}}`));
  return inside === undefined
    ? undefined
    : `needs a dimension to be the whole of a text, not a part of "${shorten(inside, 80)}"`;
}

/**
 * The request for a scope and time. What names a dimension that is not asked about is left out: a query parameter, or the
 * list item around it; elsewhere the dimension is needed.
 */
export function fill({ at, body }: Template, filling: Filling): Filled | { error: string } {
  const [path = "", query = ""] = at.split(/\?(.*)/s);
  const needs = (dimension: Dimension) => ({ error: `needs a ${dimension}: --scope ${dimension}=…` });
  let missing: Dimension | undefined;
  const segments = path.replace(placeholder, (_, word: string) => {
    const value = valueOf(word, filling);
    if (value === undefined || value === "" || value === "." || value === "..") missing ??= word as Dimension;
    return encodeURIComponent(String(value));
  });
  if (missing !== undefined) return needs(missing);

  const form: Record<string, string> = {};
  for (const [name, text] of new URLSearchParams(query)) {
    const value = fillText(text, filling);
    if (!(value instanceof Missing)) form[name] = String(value);
  }
  if (body === undefined) return { path: segments, form };
  const filled = fillValue(body, filling);
  return filled instanceof Missing ? needs(filled.dimension) : { path: segments, form, json: JSON.stringify(filled) };
}

class Missing {
  readonly dimension: Dimension;

  constructor(dimension: Dimension) {
    this.dimension = dimension;
  }
}

function fillValue(value: unknown, filling: Filling): unknown {
  if (typeof value === "string") return fillText(value, filling);
  if (Array.isArray(value))
    return value.map((item) => fillValue(item, filling)).filter((item) => !(item instanceof Missing));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, fillValue(inner, filling)] as const);
  const missing = entries.find(([, inner]) => inner instanceof Missing);
  return missing === undefined ? Object.fromEntries(entries) : missing[1];
}

/** A text that is one placeholder becomes its value, which may be a number. */
function fillText(text: string, filling: Filling): string | number | Missing {
  const whole = /^\{([a-z_]+)\}$/.exec(text)?.[1];
  if (whole !== undefined) return valueOf(whole, filling) ?? new Missing(whole as Dimension);
  return text.replace(placeholder, (_, word: string) => String(valueOf(word, filling)));
}

function valueOf(word: string, { scope, from, to, step }: Filling): string | number | undefined {
  if (isDimension(word)) return scope[word];
  switch (word as (typeof times)[number]) {
    case "from":
      return new Date(from).toISOString();
    case "to":
      return new Date(to).toISOString();
    case "from_ms":
      return from;
    case "to_ms":
      return to;
    case "step":
      return `${Math.max(1, Math.round(step / 1000))}s`;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function keysIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysIn)];
}
