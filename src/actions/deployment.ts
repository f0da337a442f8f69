import { z } from "zod";
import type { Kubectl, KubectlFailure } from "../world/kubectl.ts";
import { callMs, parse } from "./cluster.ts";

const revisionKey = "deployment.kubernetes.io/revision";
const annotations = z.record(z.string(), z.string()).default({});

const container = z
  .object({
    name: z.string(),
    image: z.string().default(""),
    env: z.array(z.object({ name: z.string() }).loose()).default([]),
  })
  .loose();
export type Container = z.output<typeof container>;
const template = z.object({ spec: z.object({ containers: z.array(container) }).loose() }).loose();

const deployment = z.object({
  metadata: z.object({ annotations, resourceVersion: z.string(), uid: z.string() }),
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    strategy: z.object({ type: z.string() }).default({ type: "RollingUpdate" }),
    template,
  }),
  status: z.object({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});

const replicaSet = z.object({
  metadata: z.object({
    creationTimestamp: z.string(),
    annotations,
    ownerReferences: z.array(z.object({ kind: z.string(), uid: z.string() })).default([]),
  }),
  spec: z.object({ template }),
});
const sets = z.object({
  items: z.array(replicaSet),
  metadata: z.object({ continue: z.string().optional() }).optional(),
});

export interface Deployment {
  uid: string;
  revision: number;
  replicas: number;
  ready: number;
  paused: boolean;
  /** all pods end before new ones begin */
  recreates: boolean;
  containers: Container[];
}

export interface Revision {
  revision: number;
  /** RFC 3339, when it was first rolled out */
  since: string;
  containers: Container[];
}

const odd = ({ says }: Kubectl, what: string): KubectlFailure => ({
  as: "refused",
  why: `${says} answered no ${what}, or more than can be read`,
  next: "see that context: in llmops.yaml is right, or do it by hand",
});

export async function readDeployment(kubectl: Kubectl, name: string): Promise<Deployment | KubectlFailure> {
  const got = await kubectl.get(`/apis/apps/v1/namespaces/${kubectl.namespace}/deployments/${name}`, callMs);
  if ("why" in got) return got;
  const read = parse(got.stdout, deployment);
  if (read === undefined) return odd(kubectl, "deployment");
  const { metadata, spec, status } = read;
  return {
    uid: metadata.uid,
    revision: Number(metadata.annotations[revisionKey] ?? Number.NaN),
    replicas: spec.replicas,
    ready: status.readyReplicas,
    paused: spec.paused,
    recreates: spec.strategy.type === "Recreate",
    containers: spec.template.spec.containers,
  };
}

const perPage = 50;
const mostPages = 10;

/** The revisions that are kept of a deployment, oldest first. */
export async function readRevisions(
  kubectl: Kubectl,
  uid: string,
): Promise<{ revisions: Revision[] } | KubectlFailure> {
  const found: Revision[] = [];
  let next = "";
  for (let page = 0; page < mostPages; page++) {
    const more = next === "" ? "" : `&continue=${encodeURIComponent(next)}`;
    const path = `/apis/apps/v1/namespaces/${kubectl.namespace}/replicasets?limit=${perPage}${more}`;
    const got = await kubectl.get(path, callMs);
    if ("why" in got) return got;
    const read = parse(got.stdout, sets);
    if (read === undefined) return odd(kubectl, "list of replica sets");
    for (const { metadata, spec } of read.items)
      if (metadata.ownerReferences.some((owner) => owner.uid === uid))
        found.push({
          revision: Number(metadata.annotations[revisionKey] ?? Number.NaN),
          since: metadata.creationTimestamp,
          containers: spec.template.spec.containers,
        });
    next = read.metadata?.continue ?? "";
    if (next === "") break;
  }
  if (next !== "") return odd(kubectl, "list of replica sets");
  const known = found.filter(({ revision }) => Number.isFinite(revision));
  return { revisions: known.toSorted((a, b) => a.revision - b.revision) };
}

/** What of the containers is another in a revision. Values may be secret: names say enough. */
export function differences(now: Container[], then: Container[]): string[] {
  const before = new Map(then.map((one) => [one.name, one]));
  const names = new Set(now.map(({ name }) => name));
  return [
    ...now.flatMap((one) => {
      const old = before.get(one.name);
      return old === undefined ? [`container ${one.name} goes`] : moved(one, old);
    }),
    ...then.filter(({ name }) => !names.has(name)).map(({ name }) => `container ${name} comes`),
  ];
}

function moved(now: Container, old: Container): string[] {
  const { image, env, ...rest } = now;
  const { image: oldImage, env: oldEnv, ...oldRest } = old;
  const spelled = (list: Container["env"]) => new Map(list.map((one) => [one.name, JSON.stringify(one)]));
  const [a, b] = [spelled(env), spelled(oldEnv)];
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  return [
    ...(image === oldImage ? [] : [`image ${image} → ${oldImage}`]),
    ...(names.length === 0 ? [] : [`env ${names.join(", ")}`]),
    ...(JSON.stringify(rest) === JSON.stringify(oldRest) ? [] : [`other settings of container ${now.name}`]),
  ];
}
