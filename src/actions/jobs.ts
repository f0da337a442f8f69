import { z } from "zod";
import type { Kubectl, KubectlFailure } from "../world/kubectl.ts";
import { callMs, parse } from "./cluster.ts";

export interface Job {
  name: string;
  uid: string;
  /** it completed or failed, or is being deleted */
  over: boolean;
  suspended: boolean;
  /** the cron job that made it */
  cron?: string;
}

const job = z
  .object({
    metadata: z.object({
      name: z.string().regex(/^[a-z0-9][-a-z0-9.]*$/),
      uid: z.string(),
      deletionTimestamp: z.string().optional(),
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
    }),
    spec: z.object({ suspend: z.boolean().default(false) }).default({ suspend: false }),
    status: z
      .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
      .default({ conditions: [] }),
  })
  .transform(({ metadata, spec, status }): Job => {
    const ended = status.conditions.some(({ type, status: is }) => /^(Complete|Failed)$/.test(type) && is === "True");
    const cron = metadata.ownerReferences.find(({ kind }) => kind === "CronJob")?.name;
    return {
      name: metadata.name,
      uid: metadata.uid,
      over: ended || metadata.deletionTimestamp !== undefined,
      suspended: spec.suspend,
      ...(cron === undefined ? {} : { cron }),
    };
  });

const list = z.object({
  items: z.array(job),
  metadata: z.object({ continue: z.string().optional() }).optional(),
});

/** what kubectl prints is cut at 1 MiB */
const perPage = 50;
const mostPages = 20;

/** All jobs that a selector names, page by page. */
export async function listJobs(kubectl: Kubectl, selector: string): Promise<{ jobs: Job[] } | KubectlFailure> {
  const path = `/apis/batch/v1/namespaces/${kubectl.namespace}/jobs?labelSelector=${encodeURIComponent(selector)}`;
  const jobs: Job[] = [];
  let next = "";
  for (let page = 0; page < mostPages; page++) {
    const more = next === "" ? "" : `&continue=${encodeURIComponent(next)}`;
    const got = await kubectl.get(`${path}&limit=${perPage}${more}`, callMs);
    if ("why" in got) return got;
    const read = parse(got.stdout, list);
    if (read === undefined) return notAList(kubectl);
    jobs.push(...read.items);
    next = read.metadata?.continue ?? "";
    if (next === "") return { jobs };
  }
  return {
    as: "refused",
    why: `${kubectl.says} has more than ${jobs.length} such jobs`,
    next: "name them closer in selector",
  };
}

function notAList({ says }: Kubectl): KubectlFailure {
  return { as: "refused", why: `${says} answered no list of jobs`, next: "see that context: in llmops.yaml is right" };
}
