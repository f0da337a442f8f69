import { z } from "zod";
import { readTime } from "../sources/httpNumber.ts";
import type { Deed } from "../timeline/deed.ts";

const time = z.string().transform((text, context): number => {
  const at = readTime(text);
  if (at !== undefined) return at;
  context.addIssue({ code: "custom", message: "no time" });
  return z.NEVER;
});
const annotations = z.record(z.string(), z.string()).default({});

const container = z.object({
  name: z.string(),
  image: z.string().default(""),
  env: z.array(z.object({ name: z.string() }).loose()).default([]),
});

/** A revision of a deployment, as its controller keeps it (`kubectl rollout history` reads the same). */
export const replicaSet = z
  .object({
    metadata: z.object({
      creationTimestamp: time,
      annotations,
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
    }),
    spec: z.object({
      template: z.object({
        metadata: z.object({ annotations }).default({ annotations: {} }),
        spec: z.object({ containers: z.array(container) }),
      }),
    }),
  })
  .transform(({ metadata, spec: { template } }) => ({
    at: metadata.creationTimestamp,
    /** "" for a set that no deployment owns */
    deployment: metadata.ownerReferences.find(({ kind }) => kind === "Deployment")?.name ?? "",
    revision: Number(metadata.annotations["deployment.kubernetes.io/revision"] ?? Number.NaN),
    /** it served as other revisions before: it was rolled back to */
    again: metadata.annotations["deployment.kubernetes.io/revision-history"] !== undefined,
    cause: metadata.annotations["kubernetes.io/change-cause"],
    restarted: template.metadata.annotations["kubectl.kubernetes.io/restartedAt"],
    containers: template.spec.containers,
  }));
export type ReplicaSet = z.output<typeof replicaSet>;

/** When the rollout that is live was last under way. */
export const deployment = z
  .object({
    status: z.object({ conditions: z.array(z.object({ type: z.string(), lastUpdateTime: time.optional() })) }),
  })
  .transform(({ status }) => status.conditions.find(({ type }) => type === "Progressing")?.lastUpdateTime);

/** Every revision began when its replica set was made; one that was rolled back to has another time (`rolledBack`). */
export function deedsOfRollouts(sets: readonly ReplicaSet[]): Deed[] {
  return inOrder(sets).flatMap((revisions) =>
    revisions.flatMap((set, i) => (set.again ? [] : [deedOf(set, revisions[i - 1])])),
  );
}

/** The deployments whose live revision is an old set again: when, only the deployment tells. */
export function rolledBack(sets: readonly ReplicaSet[]): { deployment: string; deed: Omit<Deed, "at"> }[] {
  return inOrder(sets).flatMap((revisions) => {
    const live = revisions.at(-1)!;
    if (!live.again) return [];
    const { at: _, ...deed } = deedOf(live, revisions.at(-2));
    return [{ deployment: live.deployment, deed: { ...deed, what: `${deed.what} (rolled back)` } }];
  });
}

/** The known revisions of each deployment, oldest first. */
function inOrder(sets: readonly ReplicaSet[]): ReplicaSet[][] {
  const owned = sets.filter(({ deployment: owner, revision }) => owner !== "" && Number.isFinite(revision));
  const owners = [...new Set(owned.map((set) => set.deployment))];
  const ordered = owned.toSorted((a, b) => a.revision - b.revision);
  return owners.map((owner) => ordered.filter((set) => set.deployment === owner));
}

function deedOf(set: ReplicaSet, before: ReplicaSet | undefined): Deed {
  const cause = set.cause === undefined || set.cause === before?.cause ? "" : `: ${set.cause}`;
  const what = `deployment ${set.deployment} ${sayMoved(set, before)}${cause}`;
  return { at: set.at, what, ref: `revision ${set.revision}` };
}

/** Values of variables may be secret: their names say enough. */
function sayMoved(set: ReplicaSet, before: ReplicaSet | undefined): string {
  if (before === undefined) return `at ${set.containers.map(({ image }) => tagOf(image)).join(", ")}`;
  const old = new Map(before.containers.map((one) => [one.name, one]));
  const images = set.containers.flatMap(({ name, image }) => {
    const was = old.get(name)?.image;
    return was === image ? [] : [`${name} ${was === undefined ? "added" : `${tagOf(was)} → ${tagOf(image)}`}`];
  });
  const gone = before.containers.filter(({ name }) => !set.containers.some((one) => one.name === name));
  const parts = [...images, ...gone.map(({ name }) => `${name} removed`), ...sayEnv(set, old)];
  if (parts.length > 0) return parts.join(", ");
  return set.restarted !== undefined && set.restarted !== before.restarted ? "restarted" : "changed";
}

function sayEnv(set: ReplicaSet, old: ReadonlyMap<string, ReplicaSet["containers"][number]>): string[] {
  const names = set.containers.flatMap(({ name, env }) => {
    const was = new Map(old.get(name)?.env.map((one) => [one.name, JSON.stringify(one)]));
    const now = new Map(env.map((one) => [one.name, JSON.stringify(one)]));
    return old.has(name)
      ? [...new Set([...was.keys(), ...now.keys()])].filter((one) => was.get(one) !== now.get(one))
      : [];
  });
  return names.length === 0 ? [] : [`env ${names.join(", ")}`];
}

/** "1.42.0" of "example.com/llm-gateway:1.42.0", the start of a digest; else the whole. */
function tagOf(image: string): string {
  const digest = /@sha256:([0-9a-f]{12})/.exec(image)?.[1];
  return digest ?? /:([^:/@]+)$/.exec(image)?.[1] ?? image;
}
