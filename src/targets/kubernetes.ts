import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import type { Lever } from "../timeline/setting.ts";
import { openKubectl } from "../world/kubectl.ts";
import { byHand } from "../world/kubectlWords.ts";
import type { World } from "../world/world.ts";
import { addressWanted, objectOf, placeAt } from "./kubernetesAddress.ts";
import { notesOnLever } from "./kubernetesNotes.ts";
import { openCluster } from "./kubernetesStore.ts";
import { addressesOf, addressSchema, leversOf, leversSchema, type Levers } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import { placeholders } from "./placeholder.ts";
import type { Target, TargetKind } from "./target.ts";

/** What an address is before its placeholders are filled, whatever they are filled with. */
const inGeneral = (at: string) => placeAt(at.replace(/\{[^{}]*\}/g, "x"));

const deployment = z
  .string()
  .regex(/^deployment\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "needs deployment/NAME: whose pods are started anew")
  .optional();

/** Of a whole object the value is somewhere inside, anywhere else it may be the text itself. */
function lacksPointer(levers: Levers): string | undefined {
  return Object.entries(levers).find(
    ([, { at, pointer }]) => inGeneral(at)?.part.kind === "whole" && pointer === undefined,
  )?.[0];
}

const settings = z.strictObject({
  /** of the kubeconfig; never the one that happens to be current */
  context: z.string().min(1),
  namespace: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "expected a name as Kubernetes has them"),
  settles: durationSchema.default(0),
  levers: leversSchema(
    addressSchema((at) => inGeneral(at) !== undefined, addressWanted),
    { restart: deployment },
  ).superRefine((levers, context) => {
    const name = lacksPointer(levers);
    if (name !== undefined)
      context.addIssue({
        code: "custom",
        path: [name],
        message: "needs a pointer into the object, like /spec/suspend",
      });
  }),
});
type Settings = z.output<typeof settings>;

export const kubernetes: TargetKind<Settings> = {
  kind: "kubernetes",
  summary: "config maps, env, annotations, suspend, scale and custom resources, with kubectl (1.16 or newer)",
  schema: settings,
  example: [
    "context: prod-eu1",
    "namespace: ai",
    "levers:",
    '  max_tokens: { at: "configmap/llm-quotas/{route}.max_tokens", restart: deployment/llm-gateway, settles: 3m }',
    '  enabled: { at: configmap/llm-gateway/routes.yaml, pointer: "/routes/{route}/enabled", settles: 90s }',
    "  model: { at: deployment/llm-gateway/env/DEFAULT_MODEL, settles: 3m }",
    '  deploys_frozen: { at: deployment/llm-gateway/annotation/deploy-freeze, true: "true", false: "false", create: true, enforced: false }',
    "  fallbacks: { at: aigatewayroutes.aigateway.envoyproxy.io/llm, pointer: /spec/rules/0/backendRefs }",
    "",
  ].join("\n"),
  levers: leversIn,
  addresses: (set) => addressesOf(set.levers, `${set.context}/${set.namespace}/`),
  open,
};

function leversIn(set: Settings): Lever[] {
  return leversOf(set.levers, { conditional: true, settles: set.settles }).map((lever) =>
    lever.restart === undefined ? lever : { ...lever, restartByHand: byHand(set, "rollout", "restart", lever.restart) },
  );
}

function open(set: Settings, world: World): Target {
  const kubectl = openKubectl(world.exec, set);
  const named = Object.values(set.levers).map(({ at }) => objectOf(at));
  const cluster = openCluster(
    kubectl,
    world.clock,
    named.find((object) => placeholders(object).length === 0),
  );
  const target = openLevers(set.levers, leversIn(set), cluster, world.clock);
  return {
    ...target,
    address: (setting, scope) => objectOf(target.address(setting, scope)),
    async read(setting, scope) {
      const read = await target.read(setting, scope);
      if ("error" in read) return read;
      const lever = set.levers[setting]!;
      const isTold = (lever.settles ?? set.settles) > 0 || lever.restart !== undefined;
      const notes = [...(read.notes ?? []), ...notesOnLever(inGeneral(lever.at)!, lever, isTold)];
      return notes.length === 0 ? read : { ...read, notes };
    },
    restart: (setting) => cluster.restart(set.levers[setting]!.restart!),
  };
}
