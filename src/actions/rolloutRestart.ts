import { z } from "zod";
import { openKubectl } from "../world/kubectl.ts";
import type { World } from "../world/world.ts";
import type { Action, ActionKind, Ended } from "./action.ts";
import { callMs, clusterShape, nameSchema } from "./cluster.ts";
import { readDeployment } from "./deployment.ts";

const settings = z.strictObject({ ...clusterShape, deployment: nameSchema });
type Settings = z.output<typeof settings>;

export const rolloutRestart: ActionKind<Settings> = {
  kind: "rollout-restart",
  summary: "replaces all pods of a Kubernetes deployment by new ones of the same kind",
  schema: settings,
  example: "context: prod-eu1\nnamespace: ai\ndeployment: llm-gateway\n",
  open,
};

function open({ context, namespace, deployment }: Settings, world: World): Action {
  const kubectl = openKubectl(world.exec, { context, namespace });
  const args = [`--namespace=${namespace}`, "rollout", "restart", `deployment/${deployment}`];

  async function run(): Promise<Ended> {
    const ran = await kubectl.run(args, callMs);
    if (!("why" in ran))
      return {
        done: `The restart has begun; see it end: ${kubectl.byHand("rollout", "status", `deployment/${deployment}`)}`,
      };
    if (ran.as === "unknown") return { unknown: `It may have begun: ${ran.why}.` };
    return { failed: `Nothing was restarted: ${ran.why}.` };
  }

  return {
    irreversible: true,
    needs: [],
    async count() {
      const found = await readDeployment(kubectl, deployment);
      if ("why" in found) return { error: found.why, next: found.next };
      const { replicas, ready, paused, recreates } = found;
      if (paused)
        return {
          error: `deployment ${deployment} in ${kubectl.says} is paused: it would not restart`,
          next: kubectl.byHand("rollout", "resume", `deployment/${deployment}`),
        };
      const pods = replicas === 1 ? "1 pod" : `${replicas} pods`;
      return {
        argv: ["kubectl", `--context=${context}`, ...args],
        count: replicas,
        says: [
          `Deployment ${deployment} in ${kubectl.says} has ${pods}, ${ready} ready; all are replaced.`,
          recreates
            ? "Its strategy is Recreate: nothing is served between the last old pod and the first new one."
            : "Calls that are under way in a pod end when its grace period does.",
        ],
        question: `Restart ${deployment}?`,
        run,
      };
    },
  };
}
