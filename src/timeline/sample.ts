import type { Event, UnknownEvent } from "./event.ts";
import { sayFigure } from "./figure.ts";
import { isKnown } from "./fold.ts";
import { sayMoment } from "./moment.ts";
import { dimensions, type Scope } from "./scope.ts";

/** What a person said of a call: as it should be, or not. */
export type Mark = "good" | "bad" | "unrated";

/** HMAC-SHA-256 (hex) under the store's key of the first `characters` Unicode characters of a text. */
export interface TextHash {
  hmac: string;
  characters: number;
}

/** One call that was looked at: what names it and its figures, no text of its own. */
export interface SampledCall {
  id: string;
  trace?: string;
  /** ms since 1970 */
  at: number;
  scope: Scope;
  status?: string;
  finish?: string;
  latencyMs?: number;
  tokensIn?: number;
  tokensOut?: number;
  costUsd?: number;
  promptVersion?: string;
  modelReported?: string;
  /** of the texts as the source gave them, so that one that is kept elsewhere can be matched */
  prompt?: TextHash;
  response?: TextHash;
  mark: Mark;
  /** of the person who marked it */
  note?: string;
}

/** What a call says, redacted. */
export interface QuotedCall {
  id: string;
  prompt?: string;
  response?: string;
  error?: string;
}

/** Call id → the call as it was marked last; calls that nobody marked are left out. */
export function markedCalls(events: readonly (Event | UnknownEvent)[]): Map<string, SampledCall> {
  const marked = new Map<string, SampledCall>();
  for (const event of events)
    if (event.type === "sampled" && isKnown(event) && (event.payload as unknown) !== null)
      for (const call of event.payload.calls) if (call.mark !== "unrated") marked.set(call.id, call);
  return marked;
}

/** Call id → what it says, as far as that is kept and not erased. */
export function quotedCalls(events: readonly (Event | UnknownEvent)[]): Map<string, QuotedCall> {
  const quoted = new Map<string, QuotedCall>();
  for (const event of events)
    if (event.type === "quoted" && isKnown(event) && (event.payload as unknown) !== null)
      for (const call of event.payload.calls) quoted.set(call.id, call);
  return quoted;
}

/** "c-81", "bad: invents a refund", "03:11:54", "error", …; `near`: a time whose date needs no telling */
export function sayCall(call: SampledCall, near: number, how: "brief" | "whole"): string[] {
  const { id, mark, note, at, status } = call;
  const rated = mark === "unrated" ? note : note === undefined ? mark : `${mark}: ${note}`;
  const ended = how === "brief" && status === "success" ? undefined : status;
  const named = how === "brief" ? [] : namesOf(call);
  return [id, rated, sayMoment(at, near), ...named, ended, ...sayCallFigures(call)].filter(
    (word) => word !== undefined,
  );
}

function namesOf({ scope, promptVersion, ...call }: SampledCall): string[] {
  return [
    ...dimensions.flatMap((name) => (name === "model" || scope[name] === undefined ? [] : [`${name} ${scope[name]}`])),
    ...sayModel({ scope, ...call }).map((name) => `model ${name}`),
    ...(promptVersion === undefined ? [] : [`prompt ${promptVersion}`]),
  ];
}

/** What was asked for, and what answered where that is another. */
export function sayModel({ scope, modelReported }: Pick<SampledCall, "scope" | "modelReported">): string[] {
  const names = [scope.model, modelReported].filter((name) => name !== undefined);
  return names.length === 0 ? [] : [[...new Set(names)].join(" → ")];
}

type Figures = Pick<SampledCall, "tokensIn" | "tokensOut" | "costUsd" | "latencyMs">;

export function sayCallFigures({ tokensIn, tokensOut, costUsd, latencyMs }: Figures): string[] {
  return [
    ...sayTokens(tokensIn, tokensOut),
    ...(costUsd === undefined ? [] : [sayFigure(costUsd, "usd")]),
    ...(latencyMs === undefined ? [] : [sayFigure(latencyMs / 1000, "s")]),
  ];
}

function sayTokens(into: number | undefined, out: number | undefined): string[] {
  const say = (count: number) => sayFigure(count, "count");
  if (into === undefined) return out === undefined ? [] : [`${say(out)} tokens out`];
  return [out === undefined ? `${say(into)} tokens in` : `${say(into)} → ${say(out)} tokens`];
}
