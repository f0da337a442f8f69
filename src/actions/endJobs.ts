import { z } from "zod";
import { harmless, shorten } from "../harmless.ts";
import { openKubectl, type Kubectl } from "../world/kubectl.ts";
import type { Scope } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";
import type { Action, ActionKind, Counted, Ended } from "./action.ts";
import { dimensionsIn, fillText, strangerIn } from "./argv.ts";
import { callMs, clusterShape } from "./cluster.ts";
import { listJobs, type Job } from "./jobs.ts";

const settings = z.strictObject({
  ...clusterShape,
  /** of labels; without one it would be all jobs of the namespace */
  selector: z.string().superRefine((selector, context) => {
    const stranger = strangerIn(selector);
    if (!/\w==?[\w{]|\bin \(/.test(selector))
      context.addIssue({ code: "custom", message: "needs a label and its value, like app=agent" });
    if (stranger !== undefined)
      context.addIssue({ code: "custom", message: `names {${harmless(stranger)}}, which is no dimension` });
  }),
  /** they stay, without their pods, and can be resumed: they begin again from the start */
  suspend: z.boolean().default(false),
});
type Settings = z.output<typeof settings>;

export const endJobs: ActionKind<Settings> = {
  kind: "end-jobs",
  summary: "ends (or suspends) the Kubernetes jobs with a label that still run, by the names that were counted",
  schema: settings,
  example: "context: prod-eu1\nnamespace: ai\nselector: app=agent,route={route}\n",
  open,
};

/** A command line that a person can read and copy. */
const mostJobs = 200;

function open(set: Settings, world: World): Action {
  const kubectl = openKubectl(world.exec, set);
  return {
    irreversible: !set.suspend,
    needs: dimensionsIn([set.selector]),
    async count(scope) {
      const bad = dimensionsIn([set.selector]).find((name) => !isLabel(scope[name]!));
      if (bad !== undefined)
        return {
          error: `the ${bad} ${JSON.stringify(shorten(scope[bad]!, 60))} can be no value of a label`,
          next: "end the jobs by hand",
        };
      return countJobs(set, kubectl, scope);
    },
  };
}

/** Nothing else may stand there: "x,team!=y" would be another selector. */
function isLabel(value: string): boolean {
  return /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(value);
}

async function countJobs(
  set: Settings,
  kubectl: Kubectl,
  scope: Scope,
): Promise<Counted | { error: string; next: string }> {
  const selector = fillText(set.selector, scope);
  const found = await listJobs(kubectl, selector);
  if ("why" in found) return { error: found.why, next: found.next };
  const open = found.jobs.filter((job) => !job.over && !(set.suspend && job.suspended));
  const jobs = open.slice(0, mostJobs);
  const names = jobs.map(({ name }) => name);
  const verb = set.suspend ? "suspended" : "ended";
  const done = set.suspend
    ? ["patch", "jobs", ...names, "--type=merge", '--patch={"spec":{"suspend":true}}']
    : ["delete", "jobs", ...names, "--ignore-not-found", "--wait=false"];
  const args = [`--namespace=${set.namespace}`, ...done, "--output=name"];
  const makers = [...new Set(jobs.flatMap(({ cron }) => (cron === undefined ? [] : [cron])))];
  const left = open.length - jobs.length;
  return {
    argv: ["kubectl", `--context=${set.context}`, ...args],
    count: jobs.length,
    says: [
      `${sayJobs(open.length)} with ${shorten(selector, 80)} ${open.length === 1 ? "runs" : "run"} in ${kubectl.says}: ${sayNames(names)}.`,
      ...(left === 0 ? [] : [`${names.length} are ${verb} at once; ${left} are left for the next time.`]),
      ...(makers.length === 0 ? [] : [`They come from cron job ${sayNames(makers)}, which goes on starting more.`]),
      set.suspend
        ? "Their pods end; a job that is resumed begins from the start."
        : "Their pods end with them; jobs that ended before stay.",
    ],
    question: `${set.suspend ? "Suspend" : "End"} ${jobs.length === 1 ? "this job" : `these ${jobs.length} jobs`}?`,
    run: async () => {
      const ran = await kubectl.run(args, 3 * callMs);
      const now = await listJobs(kubectl, selector);
      const why = "why" in ran ? ran.why : undefined;
      return judge(jobs, "why" in now ? undefined : now.jobs, { why, verb, suspend: set.suspend });
    },
  };
}

/** Looked at again: what kubectl said counts for less than what is there. */
function judge(
  meant: Job[],
  now: Job[] | undefined,
  { why, verb, suspend }: { why: string | undefined; verb: string; suspend: boolean },
): Ended {
  const said = why === undefined ? "" : `: ${why}`;
  if (now === undefined)
    return { unknown: `What became of ${sayJobs(meant.length)} could not be looked at${said || " again"}.` };
  const left = meant.filter(({ uid }) =>
    now.some((job) => job.uid === uid && !job.over && !(suspend && job.suspended)),
  );
  const gone = meant.length - left.length;
  if (left.length === 0) return { done: `${sayJobs(gone)} ${gone === 1 ? "is" : "are"} ${verb}.` };
  return {
    failed: `${gone} of ${meant.length} are ${verb}, still there: ${sayNames(left.map(({ name }) => name))}${said}.`,
  };
}

function sayJobs(count: number): string {
  return `${count} ${count === 1 ? "job" : "jobs"}`;
}

function sayNames(names: string[]): string {
  const few = names.slice(0, 5).map((name) => shorten(name, 63));
  if (names.length === 0) return "none";
  return names.length > few.length ? `${few.join(", ")} and ${names.length - few.length} more` : few.join(", ");
}
