import type { Action, Ended } from "../actions/action.ts";
import type { Project } from "../project.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Call, Source } from "../sources/source.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import type { Step } from "../steps/step.ts";
import type { Target } from "../targets/target.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Clock } from "../world/clock.ts";
import { openConfig } from "./config.ts";
import { inventPlace, movingOf } from "./invent.ts";
import type { Script } from "./script.ts";

/** The step that is walked now with what it is to end in, as far as the test says. */
export interface Now {
  step: Step | undefined;
  /** ms */
  startedAt: number;
  outcome: string | undefined;
}

interface Place {
  runbook: Runbook;
  script: Script;
  clock: Clock;
  now(): Now;
  /** of the incident */
  scope(): Scope;
}

/** The project of a rehearsal: config as the test's state has it, and whatever a step needs to end as it is said to. */
export function projectOf(place: Place): Project {
  const { runbook, script, now } = place;
  const targets = targetsOf(place);
  const offered = runbook.steps.flatMap(({ kind, id, body }) =>
    kind === "run" && typeof body === "string" && isOffered(script.outcomes.get(id)) ? [[body, actionOf(now)]] : [],
  );
  return {
    file: undefined,
    folder: "/rehearsal",
    stack: undefined,
    dimensions: {},
    sources: [{ name: "rehearsal", kind: "rehearsal", language: "promql", open: () => sourceOf(place) }],
    get targets() {
      return targets().map((target) => ({ ...target, name: target.says, open: () => target }));
    },
    routes: {},
    models: {},
    probes: [],
    // whatever the runbook or the test names is there
    names: () => [...new Set(runbook.steps.flatMap((step) => textsIn(movingOf(step, script)?.params)))],
    objectives: {},
    defaultForMs: script.defaults.for,
    windowMs: 300_000,
    defaults(mitigation) {
      const { step, outcome } = now();
      const named = script.defaults[mitigation] ?? {};
      const isMeant = outcome !== undefined && (step?.body as MitigateBody | undefined)?.do === mitigation;
      return isMeant ? movingOf(step!, script)!.params : named;
    },
    actions: Object.fromEntries(offered) as Record<string, Action>,
    signals: {},
    statusPages: {},
    prices: {},
    timelineFolder: "/rehearsal",
    runbookFolders: [],
    samples: { keepText: false, retentionMs: 0 },
    sinks: [],
    changes: [],
    close: async () => {},
  };
}

function isOffered(outcome: string | undefined): boolean {
  return outcome !== undefined && outcome !== "not-offered";
}

/** A step that is not offered finds no target; one with another outcome gets a lever where the state has none. */
function targetsOf({ script, clock, now, scope }: Place): () => Target[] {
  const refusing = () => (now().outcome === "failed" ? "refused" : undefined);
  const names = [...new Set(script.state.map(({ target }) => target))];
  const stated = names.map((name) =>
    openConfig(
      name,
      script.state.filter(({ target }) => target === name),
      clock,
      refusing,
    ),
  );
  const invented = new Map<string, Target>();
  return () => {
    const { step, outcome } = now();
    if (step?.kind !== "mitigate" || outcome === undefined) return [...stated, ...invented.values()];
    if (outcome === "not-offered") return [];
    const made = inventPlace(step, scope(), script);
    const isThere = stated.some(({ levers }) => levers.some(({ setting }) => setting === made?.setting));
    const known = invented.get(step.id);
    if (made === undefined || (isThere && known === undefined)) return stated;
    const target = known ?? openConfig(`invented for ${step.id}`, [made], clock, refusing);
    invented.set(step.id, target);
    return [...stated, target, ...[...invented.values()].filter((one) => one !== target && !shares(one, target))];
  };
}

function shares(one: Target, other: Target): boolean {
  return one.levers.some(({ setting }) => other.levers.some((lever) => lever.setting === setting));
}

const looked: Call = { id: "call-1", at: 0, scope: {} };

/** Where `logs` finds its calls. Everything else is measured without a source. */
function sourceOf({ now, clock }: Place): Source {
  const none = async () => ({ error: "a rehearsal has no network", ms: 0 });
  const { outcome } = now();
  const calls: Source["calls"] = async () => {
    if (outcome === "error") return { error: "the test says so", ms: 0 };
    return { data: outcome === "sampled" ? [{ ...looked, at: clock.now() }] : [], warnings: [], ms: 0 };
  };
  return {
    kind: "rehearsal",
    instant: none,
    range: none,
    ...(isOffered(outcome) ? { calls } : {}),
    check: async () => ({ ok: true, say: "a rehearsal", ms: 0 }),
    close: async () => {},
  };
}

function actionOf(now: Place["now"]): Action {
  const run = async (): Promise<Ended> =>
    now().outcome === "failed" ? { failed: "the test says so" } : { done: "the test says so" };
  return {
    irreversible: false,
    needs: [],
    count: async () => ({ argv: [], count: undefined, says: [], question: "Run it?", run }),
  };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
