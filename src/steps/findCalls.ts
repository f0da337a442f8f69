import { messageOf } from "../errors.ts";
import { patternsOf, type Patterns } from "../patterns/patterns.ts";
import type { Call, CallRule, Range, Source } from "../sources/source.ts";
import type { Incident } from "../timeline/incident.ts";
import type { QuotedCall, SampledCall, TextHash } from "../timeline/sample.ts";
import { dimensions } from "../timeline/scope.ts";
import type { Context } from "./context.ts";

export interface Found {
  source: string;
  calls: Call[];
  /** where they were looked for, ms */
  from: number;
  to: number;
  /** what the failed ones say, where failed ones are asked for */
  patterns?: Patterns;
}

/** Calls by rule from the first source that has any to tell; undefined: none has. */
export async function findCalls(
  of: CallRule,
  limit: number,
  context: Context,
): Promise<Found | { source: string; error: string } | undefined> {
  let shut: { source: string; error: string } | undefined;
  for (const { name, open } of context.sources()) {
    let source: Source;
    try {
      source = await open();
    } catch (thrown) {
      shut ??= { source: name, error: messageOf(thrown) };
      continue;
    }
    if (source.calls === undefined) continue;
    const range = { scope: context.scope, ...timeOf(context.incident, context.world.clock.now()), limit };
    const answer = await source.calls(of, range);
    if ("error" in answer) return { source: name, error: answer.error };
    for (const warning of answer.warnings) context.say(`  ${name}: ${warning}`);
    const patterns = of === "failed" ? await patternsIn(source, range) : undefined;
    const { from, to } = range;
    return { source: name, calls: answer.data, from, to, ...(patterns === undefined ? {} : { patterns }) };
  }
  return shut;
}

const [leadMs, usualMs, mostMs] = [10 * 60_000, 60 * 60_000, 24 * 60 * 60_000];

/** The last hour; of an alert, since it began to fire and a little before that, at most a day. */
function timeOf({ alerts }: Incident, now: number): { from: number; to: number } {
  const since = alerts.flatMap(({ startsAt }) => (startsAt === undefined ? [] : [startsAt - leadMs]));
  const from = Math.min(now - leadMs, ...(since.length === 0 ? [now - usualMs] : since));
  return { from: Math.max(from, now - mostMs), to: now };
}

/** So many error lines tell what there is to tell. */
const mostErrors = 5000;
const mostPatterns = 5;

async function patternsIn(source: Source, range: Range): Promise<Patterns | undefined> {
  const answer = await source.errors?.({ ...range, limit: mostErrors });
  if (answer === undefined || "error" in answer || answer.data.length === 0) return undefined;
  return patternsOf(answer.data, dimensions, mostPatterns);
}

/** Longer names name nothing. */
const longestName = 200;
/** Of longer texts only the beginning is named and kept. */
const longestText = 20_000;

/** What may be recorded of a call wherever its text may not. */
export async function recordOf(call: Call, context: Pick<Context, "fingerprint">): Promise<SampledCall> {
  const { id, trace, at, scope, status, finish, promptVersion, modelReported } = call;
  const { latencyMs, tokensIn, tokensOut, costUsd } = call;
  const names = { trace, status, finish, promptVersion, modelReported };
  const figures = { latencyMs, tokensIn, tokensOut, costUsd };
  return {
    id: clip(id),
    at,
    scope: mapped(scope, clip),
    ...mapped(names, clip),
    ...mapped(figures, (value) => (Number.isFinite(value) ? value : undefined)),
    ...(await hashed("prompt", call.prompt, context)),
    ...(await hashed("response", call.response, context)),
    mark: "unrated",
  };
}

/** What a call says, for projects that keep it. */
export function quoteOf({ id, prompt, response, error }: Call): QuotedCall {
  return { id: clip(id), ...mapped({ prompt, response, error }, beginningOf) };
}

async function hashed(name: "prompt" | "response", text: string | undefined, context: Pick<Context, "fingerprint">) {
  if (text === undefined) return {};
  const characters = Array.from(text).slice(0, longestText);
  const hash: TextHash = { hmac: await context.fingerprint(characters.join("")), characters: characters.length };
  return { [name]: hash };
}

/** A word that the cut goes through is left out: half of a secret does not look like one. */
function beginningOf(text: string): string {
  const characters = Array.from(text);
  if (characters.length < longestText) return text;
  return characters
    .slice(0, longestText)
    .join("")
    .replace(/\S{1,400}$/, "");
}

function clip(text: string): string {
  return Array.from(text.slice(0, 2 * longestName))
    .slice(0, longestName)
    .join("");
}

/** Without what is not there. */
function mapped<T, K extends string>(of: { [k in K]?: T | undefined }, by: (value: T) => T | undefined) {
  const entries = Object.entries(of as Record<string, T | undefined>).map(
    ([key, value]) => [key, value === undefined ? undefined : by(value)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as { [k in K]?: T };
}
