import { parseDocument } from "../document/document.ts";
import { mitigations } from "../mitigations/index.ts";
import { settingOf, type Mitigation } from "../mitigations/mitigation.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import type { Step } from "../steps/step.ts";
import { dimensions, type Scope } from "../timeline/scope.ts";
import { absent } from "../timeline/value.ts";
import type { Place } from "./schema.ts";
import type { Script } from "./script.ts";

/** A mitigation with the parameters that it has in the rehearsal. */
export interface Moving {
  mitigation: Mitigation;
  params: Record<string, unknown>;
}

/** What a step moves, and how far: as the runbook and the test say, the rest as in the mitigation's own example. */
export function movingOf(step: Step, { defaults }: Pick<Script, "defaults">): Moving | undefined {
  if (step.kind !== "mitigate") return undefined;
  const body = step.body as MitigateBody;
  const mitigation = mitigations.find(({ kind }) => kind === body.do);
  if (mitigation === undefined) return undefined;
  const given = { ...(defaults[body.do] as object | undefined), ...body.with };
  const enough = mitigation.schema.safeParse(given, { jitless: true }).success;
  return { mitigation, params: enough ? given : { ...exampleOf(mitigation), ...given } };
}

/** A lever for a step whose outcome is given, where the test's state has none: it covers what the step asks for. */
export function inventPlace(
  step: Step,
  scope: Scope,
  script: Pick<Script, "defaults">,
): Omit<Place, "effect"> | undefined {
  const moving = movingOf(step, script);
  const setting = moving && settingOf(moving.mitigation, moving.params);
  if (setting === undefined) return undefined;
  const { on = dimensions } = step.body as MitigateBody;
  const covered = Object.fromEntries(on.flatMap((d) => (scope[d] === undefined ? [] : [[d, scope[d]]])));
  return { setting, scope: covered, target: "invented", write: ["written"] };
}

/** Can a change by this step be seen from outside at all? */
export function isSeen(step: Step): boolean {
  const moving = movingOf(step, { defaults: {} });
  if (moving === undefined) return false;
  const { mitigation } = moving;
  const params = mitigation.schema.parse(moving.params);
  const change = { before: absent, after: mitigation.change(absent, params), scope: {} };
  return mitigation.effect(change).length > 0 || mitigation.probe?.(change) !== undefined;
}

const examples = new Map<string, Record<string, unknown>>();

function exampleOf({ kind, example }: Mitigation): Record<string, unknown> {
  const known = examples.get(kind) ?? (parseDocument(example, kind).document?.value as Record<string, unknown>);
  examples.set(kind, known);
  return known;
}
