import { z } from "zod";
import { shorten } from "../harmless.ts";
import { openKubectl } from "../world/kubectl.ts";
import type { World } from "../world/world.ts";
import type { Action, ActionKind, Counted, Ended } from "./action.ts";
import { callMs, clusterShape, nameSchema } from "./cluster.ts";
import { differences, readDeployment, readRevisions, type Deployment, type Revision } from "./deployment.ts";

const settings = z.strictObject({
  ...clusterShape,
  deployment: nameSchema,
  /** left out: the one before the revision that is live */
  to_revision: z.number().int().min(1).optional(),
});
type Settings = z.output<typeof settings>;

export const rolloutUndo: ActionKind<Settings> = {
  kind: "rollout-undo",
  summary:
    "takes a Kubernetes deployment back to an earlier revision: the whole pod template, with all that changed since",
  schema: settings,
  example: "context: prod-eu1\nnamespace: ai\ndeployment: llm-gateway\n",
  open,
};

function open(set: Settings, world: World): Action {
  const { context, namespace, deployment } = set;
  const kubectl = openKubectl(world.exec, set);

  async function run(live: Deployment, to: Revision, args: string[]): Promise<Ended> {
    const now = await readDeployment(kubectl, deployment);
    if ("why" in now) return { failed: `Nothing was rolled back: ${now.why}.` };
    if (now.uid !== live.uid || now.revision !== live.revision)
      return { failed: `Nothing was rolled back: somebody rolled out revision ${now.revision} meanwhile. Look again.` };
    const ran = await kubectl.run(args, callMs);
    const see = kubectl.byHand("rollout", "status", `deployment/${deployment}`);
    if (!("why" in ran)) return { done: `It goes back to revision ${to.revision}; see it end: ${see}` };
    if (ran.as === "unknown") return { unknown: `It may go back to revision ${to.revision}: ${ran.why}.` };
    return { failed: `Nothing was rolled back: ${ran.why}.` };
  }

  return {
    irreversible: true,
    needs: [],
    async count() {
      const live = await readDeployment(kubectl, deployment);
      if ("why" in live) return { error: live.why, next: live.next };
      const history = await readRevisions(kubectl, live.uid);
      if ("why" in history) return { error: history.why, next: history.next };
      const to = revisionFor(set.to_revision, live, history.revisions);
      const where = `deployment ${deployment} in ${kubectl.says}`;
      if (to === undefined) {
        const wanted =
          set.to_revision === undefined ? "no revision before the live one" : `no revision ${set.to_revision}`;
        const kept = history.revisions.map(({ revision }) => revision).join(", ");
        return { error: `${where} has ${wanted} (kept: ${kept || "none"})`, next: "roll back by hand" };
      }
      if (live.paused)
        return {
          error: `${where} is paused: it cannot be rolled back`,
          next: kubectl.byHand("rollout", "resume", `deployment/${deployment}`),
        };
      const args = [
        `--namespace=${namespace}`,
        "rollout",
        "undo",
        `deployment/${deployment}`,
        `--to-revision=${to.revision}`,
      ];
      return {
        argv: ["kubectl", `--context=${context}`, ...args],
        count: 1,
        says: sayUndo(where, live, to),
        question: `Take the whole pod template of ${deployment} back to revision ${to.revision}?`,
        run: () => run(live, to, args),
      } satisfies Counted;
    },
  };
}

function revisionFor(wanted: number | undefined, live: Deployment, kept: Revision[]): Revision | undefined {
  const others = kept.filter(({ revision }) => revision !== live.revision);
  if (wanted !== undefined) return others.find(({ revision }) => revision === wanted);
  return others.findLast(({ revision }) => revision < live.revision);
}

function sayUndo(where: string, live: Deployment, to: Revision): string[] {
  const moved = differences(live.containers, to.containers);
  return [
    `The WHOLE pod template of ${where} goes back from revision ${live.revision} to revision ${to.revision}, of ${shorten(to.since, 30)}: not only the release, also every mitigation made there since (env, limits).`,
    moved.length === 0 ? "Their containers are the same." : `Different there: ${shorten(moved.join("; "), 300)}.`,
    `All of its ${live.replicas} pods are replaced.`,
  ];
}
