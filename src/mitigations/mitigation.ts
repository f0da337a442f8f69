import type { z } from "zod";
import type { Change, Setting } from "../timeline/setting.ts";
import type { Odd } from "../timeline/event.ts";
import type { Expected } from "../timeline/probe.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Value } from "../timeline/value.ts";
import type { Bound } from "../timeline/verdict.ts";

/** How one sees from outside that a change is in effect: a signal, for a scope, inside a bound. */
export interface Effect {
  signal: string;
  /** narrows the change's own scope */
  scope: Scope;
  healthy: Bound;
}

/** A mitigation of which the setting is known. */
export type Chosen<Params = unknown> = Mitigation<Params> & { setting: Setting };

/** A pure function on the value of one setting. Twice is the same as once; nothing else is moved. */
export interface Mitigation<Params = unknown> {
  kind: string;
  summary: string;
  /** zod schema of `with` */
  schema: z.ZodType<Params>;
  /** a `with` that is valid, as YAML */
  example: string;
  /** a function, where what is moved is a parameter: one of many tools */
  setting: Setting | ((params: Params) => Setting);
  /** what happens when its time is over: kill switches, blocks and freezes never re-enable themselves */
  atEnd: "undo" | "remind";
  /** the wanted value; throws nothing; equal to `now` when it is already so */
  change(now: Value, params: Params): Value;
  /** empty: nobody can see it from outside */
  effect(change: Pick<Change, "before" | "after" | "scope">): Effect[];
  /** what one request through the gateway shows while it is in force; left out, or undefined: nothing */
  probe?(change: Pick<Change, "before" | "after">): Expected | undefined;
  /** names in `with` that must exist: a model that nobody knows is a slip */
  names?(params: Params): { [D in Dimension]?: string[] };
  /** why a value looks like a slip beside what flows now, for `signal` read over the lever's own scope */
  odd?: { signal: string; why(params: Params, flows: number): Odd | undefined };
}

/** What is moved, where these parameters tell it. */
export function settingOf({ setting, schema }: Mitigation, given: unknown): Setting | undefined {
  if (typeof setting === "string") return setting;
  const { data } = schema.safeParse(given);
  return data === undefined ? undefined : setting(data);
}
