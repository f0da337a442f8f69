import type { UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Context, Show } from "../steps/context.ts";
import type { StepKind } from "../steps/step.ts";
import type { Fact } from "../timeline/event.ts";
import type { Outline } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { ProbeCheck, Probed } from "../timeline/probe.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Lease, Taken } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import type { Person } from "./person.ts";
import type { Speaker } from "./speaker.ts";

/** All that a walk works with. */
export interface Desk {
  world: World;
  project: Project;
  recorder: Recorder;
  speaker: Speaker;
  person: Person;
  /** the pinned runbook and all that it may continue with */
  runbooks: Map<string, Runbook>;
  measure(id: string, ask: EvidenceAsk, scope: Scope, sinceMs?: number): Promise<Measurement>;
  /** sends one request; left out: none may be sent, because nothing it shows would be kept */
  probe?: (check: ProbeCheck, deadlineMs?: number) => Promise<Probed>;
  models: Context["models"];
  incidents(): Promise<Outline[]>;
  recordIn(incident: string, ...facts: Fact[]): Promise<void>;
  hold(place: string): Promise<Lease | Taken>;
  /** what steps do; left out: what they do in an incident */
  // oxlint-disable-next-line typescript/no-explicit-any
  kinds?: readonly StepKind<any>[];
  /** fetches and shows the evidence of a runbook, at the start of its walk or once more at its end */
  gather(runbook: Runbook, when: "first" | "last"): Promise<void>;
  fingerprint: Context["fingerprint"];
  show: Show;
  /** what failed, whether production changed, and the next move */
  tellProblem(error: UserError): void;
  /** nothing is waited for: what cannot be done now is tried again */
  impatient?: true;
  /** who will act when a change's time is over */
  watcher(): Promise<string>;
  /** of a single change, where it is not the incident's */
  scope?: Scope;
  /** `--dry-run`: plans are shown and never agreed to */
  onlyShown?: true;
  /** `--force` */
  force?: string;
  /** "why" of an ad-hoc change, and the only target it may use */
  reason?: string;
  target?: string;
}
