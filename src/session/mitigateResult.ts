import { settling } from "../steps/step.ts";
import { exit, type ExitCode } from "../errors.ts";
import type { Desk } from "../engine/desk.ts";
import type { Ended } from "../engine/runStep.ts";
import type { Fact, Facts } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import type { Mitigating } from "./mitigateAsked.ts";
import { changeAsJson } from "./report.ts";

/** The changes that a step made, of which some may still settle. */
export function changesOf(said: readonly Fact[], { recorder }: Desk): TrackedChange[] {
  const ids = new Set(said.flatMap((f) => (f.type === "intended" ? [f.payload.change.id] : [])));
  return recorder.incident.changes.filter(({ change }) => ids.has(change.id) && change.undoes === undefined);
}

/** The verdict that was waited for has come. */
export function isAnswered({ helped, inEffect }: TrackedChange, wait: string): boolean {
  return wait === "verify" ? helped !== undefined : inEffect !== undefined;
}

/** 0 only when all that was asked for is proven as far as was asked. */
export function codeOf({ outcome, error, said }: Ended, desk: Desk, { dryRun, wait }: Mitigating): ExitCode {
  if (error !== undefined) return error.code;
  if (outcome === "declined") return dryRun ? exit.done : exit.refused;
  if (outcome === "not-offered") return exit.failed;
  if (outcome === "helped" || wait === "none") return exit.done;
  const made = changesOf(said, desk);
  // what was so already is proven like a change
  const seen = said.findLast(({ type }) => type === "in-effect")?.payload as Facts["in-effect"] | undefined;
  const proven =
    made.length === 0
      ? wait === "effect" && seen?.verdict === "yes"
      : made.every((one) => (wait === "verify" ? one.helped?.verdict === "helped" : one.inEffect?.verdict === "yes"));
  return proven ? exit.done : exit.findings;
}

/** The one JSON object. `change` and what follows it are those of the last change; `changes` are all. */
export function resultOf({ outcome, error, said }: Ended, desk: Desk, asked: Mitigating): object {
  const planned = said.findLast(({ type }) => type === "planned")?.payload as Facts["planned"] | undefined;
  const made = changesOf(said, desk);
  const last = made.at(-1);
  const ended = typeof outcome === "string" && outcome !== "failed" ? outcome : null;
  return {
    incident: asked.dryRun ? null : desk.recorder.incident.id,
    change: last?.change ?? null,
    state: last?.state ?? null,
    inEffect: last?.inEffect ?? null,
    outcome: asked.dryRun ? "dry-run" : (last?.helped?.verdict ?? (outcome === settling ? null : (ended ?? "failed"))),
    changes: made.map(changeAsJson),
    plan: planned?.plan ?? null,
    code: codeOf({ outcome, said, ...(error === undefined ? {} : { error }) }, desk, asked),
    ...(error === undefined ? {} : { error: { what: error.what, changed: error.changed, next: error.next ?? null } }),
  };
}

/** What is live now and how to take it back; and who looks on where nobody waited for the verdict. */
export function sayLive(said: readonly Fact[], desk: Desk, { wait }: Pick<Mitigating, "wait">): string[] {
  const { id } = desk.recorder.incident;
  const live = changesOf(said, desk).filter(({ state }) => state === "applied");
  const left = wait !== "none" && live.some((one) => !isAnswered(one, wait));
  return [
    ...(left ? ["Whether it works was not seen yet: llmops watch --once looks again."] : []),
    ...live.map(({ change }) => `${change.id} is live. Back: llmops mitigation undo ${change.id} --incident ${id}`),
  ];
}

/** What is not offered has no plan. */
export function sayDryRun(said: readonly Fact[]): string {
  const shown = said.some(({ type }) => type === "planned") ? "the plan was only shown. " : "";
  return `Dry run: ${shown}Nothing was written and nothing was recorded.`;
}

/** A reason that went nowhere: nobody shall believe that it is on the record. */
export function isForcedForNothing(said: readonly Fact[], { force }: Pick<Mitigating, "force">): boolean {
  const plan = (said.findLast(({ type }) => type === "planned")?.payload as Facts["planned"] | undefined)?.plan;
  return force !== undefined && plan !== undefined && plan.forced === undefined;
}
