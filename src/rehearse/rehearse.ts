import { Interrupted, UserError } from "../errors.ts";
import { walk } from "../engine/walk.ts";
import type { LoadedRunbook } from "../runbook/load.ts";
import { digestOf } from "../timeline/chain.ts";
import { fact, type Event, type Fact } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Scope } from "../timeline/scope.ts";
import { version } from "../version.ts";
import type { World } from "../world/world.ts";
import { setDesk } from "./desk.ts";
import type { Now } from "./project.ts";
import { beginWalk } from "./recorder.ts";
import type { Moved, Sent } from "./schema.ts";
import type { Script } from "./script.ts";
import { rehearsalWorld } from "./world.ts";

/** What came of one walk. */
export interface Happened {
  /** in the order in which they ended */
  steps: { id: string; outcome: string; why?: string }[];
  /** planned on what the test's state has */
  changes: Moved[];
  sent: Sent[];
  /** steps that planned a change */
  planned: Set<string>;
  /** why it did not come to its end, and where */
  stopped?: { why: string; at: string };
  /** what a rehearsal cannot do, and mistakes of the program */
  wrong: string[];
  /** what of the script was made use of: "answers ID", "outcomes ID" */
  used: Set<string>;
  /** evidence with readings that nobody asked for */
  unread: string[];
}

/** Walks a runbook as an incident does, with nothing outside. */
export async function rehearse(loaded: LoadedRunbook, script: Script, interrupted: AbortSignal): Promise<Happened> {
  const { runbook } = loaded;
  const wrong: string[] = [];
  const used = new Set<string>();
  const say = (why: string) => void (wrong.includes(why) || wrong.push(why));
  const now = (): Now => {
    const started = recorder.incident.events.findLast(({ type }) => type === "step-started");
    const step = runbook.steps.find(({ id }) => `${runbook.id}/${id}` === started?.step);
    return { step, startedAt: started?.at ?? world.clock.now(), outcome: step && script.outcomes.get(step.id) };
  };
  const world = rehearsalWorld(execFor(now, say), interrupted, say);
  const recorder = beginWalk(world, openingFacts(loaded, script));
  const { desk, readings } = setDesk({ runbook, script, world, recorder, now, used, wrong: say });
  let stopped: Happened["stopped"];
  try {
    await walk(desk);
  } catch (thrown) {
    if (thrown instanceof Interrupted || !(thrown instanceof UserError)) throw thrown;
    stopped = { why: thrown.what, at: now().step?.id ?? "" };
  }
  const told = toldBy(recorder.incident, runbook.id, script);
  return { ...told, ...(stopped === undefined ? {} : { stopped }), wrong, used, unread: readings.unread() };
}

function openingFacts({ runbook, file, text }: LoadedRunbook, { scope, alert }: Script): Fact[] {
  const { title, class: kind, severity, id, alerts } = runbook;
  const labels = alert?.labels ?? {};
  const labelled = runbook.scope.flatMap((d) => (labels[d] === undefined ? [] : [[d, labels[d]] as const]));
  const meant: Scope = { ...Object.fromEntries(labelled), ...scope };
  const name = alert?.name ?? labels["alertname"] ?? alerts[0] ?? "alert";
  return [
    fact("opened", { kind: "incident", title, class: kind, severity, scope: meant, version }),
    fact("pinned", { runbook: id, origin: file, digest: digestOf(text), text, first: true }),
    ...(alert === undefined ? [] : [fact("alert", { name, status: "firing", labels, annotations: {} })]),
  ];
}

/** The program of a `run` step that names one itself: only where the test says how it ends. */
function execFor(now: () => Now, wrong: (why: string) => void): World["exec"] {
  return async ([program]) => {
    const { outcome } = now();
    if (outcome === "done" || outcome === "failed")
      return { code: outcome === "done" ? 0 : 1, stdout: "", stderr: "the test says so" };
    const why = `a rehearsal runs no program (${program}): say under outcomes how it ends`;
    wrong(why);
    return { code: undefined, stdout: "", stderr: "", failed: why };
  };
}

function toldBy(
  { events }: Incident,
  runbook: string,
  script: Script,
): Pick<Happened, "steps" | "changes" | "sent" | "planned"> {
  const steps: Happened["steps"] = [];
  const changes: Moved[] = [];
  const sent: Sent[] = [];
  const planned = new Set<string>();
  const stated = new Set(script.state.map(({ target }) => target));
  for (const event of events) {
    if (!isKnown(event)) continue;
    const id = event.step?.slice(runbook.length + 1) ?? "";
    if (event.type === "step-ended") steps.push({ id, ...event.payload });
    if (event.type === "skipped") steps.push({ id, outcome: "skipped" });
    if (event.type === "planned" && event.payload.plan.changes.length > 0) planned.add(id);
    changes.push(...movedBy(event, stated));
    sent.push(...sentBy(event));
  }
  return { steps, changes, sent, planned };
}

function movedBy(event: Event, stated: ReadonlySet<string>): Moved[] {
  if (event.type !== "planned") return [];
  const { changes, ends } = event.payload.plan;
  return changes
    .filter(({ target }) => stated.has(target))
    .map(({ mitigation, setting, scope, before, after }) => ({
      do: mitigation,
      setting,
      scope,
      ...("is" in before ? { before: before.is } : {}),
      ...("is" in after ? { after: after.is } : {}),
      ...(ends === undefined ? {} : { forMs: ends.at - event.at }),
    }));
}

function sentBy(event: Event): Sent[] {
  if (event.type === "sent") return [{ notify: event.payload.to, text: event.payload.text }];
  if (event.type === "escalated") return [{ escalate: event.payload.level }];
  if (event.type !== "ran" || event.payload.phase !== "intended") return [];
  const { action, argv } = event.payload;
  return [{ run: argv.length === 0 ? action : argv }];
}
