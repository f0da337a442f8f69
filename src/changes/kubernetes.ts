import { z } from "zod";
import { harmless } from "../harmless.ts";
import type { Deed } from "../timeline/deed.ts";
import { notAnObject, openKubectl } from "../world/kubectl.ts";
import type { World } from "../world/world.ts";
import { rowsOf } from "./api.ts";
import { isWithin, type ChangeKind, type ChangeLog } from "./change.ts";
import { configMap, deedsOfMap } from "./kubernetesMap.ts";
import { deedsOfRollouts, deployment, replicaSet, rolledBack, type ReplicaSet } from "./kubernetesRollout.ts";

const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "expected a name as Kubernetes has them");

const settings = z.strictObject({
  /** of the kubeconfig; always named, so that nobody reads the cluster that happens to be current */
  context: z.string().min(1),
  namespace: name,
  /** left out: all of the namespace */
  deployments: z.array(name).min(1).optional(),
  configmaps: z.array(name).default([]),
});
type Settings = z.output<typeof settings>;

export const kubernetes: ChangeKind<Settings> = {
  kind: "kubernetes",
  summary: "Rollouts of deployments and writes to config maps, read with kubectl",
  schema: settings,
  example: "context: prod-eu1\nnamespace: ai\ndeployments: [llm-gateway]\nconfigmaps: [llm-quotas]\n",
  open,
};

const deadlineMs = 10_000;
/** replica sets of one page: what a program prints is cut at 1 MiB */
const perPage = 50;
const mostPages = 20;

const list = z.object({
  items: z.array(z.unknown()),
  metadata: z.object({ continue: z.string().optional() }).optional(),
});

type Got = { json: unknown } | { error: string };

function open({ context, namespace, deployments, configmaps }: Settings, world: World, _folder: string): ChangeLog {
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const kubectl = openKubectl(world.exec, { context, namespace });
  const where = kubectl.says;

  async function get(path: string, leftMs: number): Promise<Got> {
    if (leftMs <= 0) return { error: `${where} did not answer everything within ${deadlineMs / 1000}s` };
    const got = await kubectl.get(path, leftMs);
    if ("as" in got) return { error: got.why };
    const wrong = notAnObject(got.stdout, where);
    return wrong === undefined ? { json: JSON.parse(got.stdout) as unknown } : { error: wrong };
  }

  /** Asks for what is needed one after the other, all within one deadline. */
  function reader() {
    const began = world.clock.monotonic();
    const ms = () => Math.round((world.clock.monotonic() - began) / world.clock.speed);
    return { ms, get: (path: string) => get(path, deadlineMs - ms()) };
  }
  type Reader = ReturnType<typeof reader>;

  async function readSets(from: Reader): Promise<{ sets: ReplicaSet[]; warnings: string[] } | { error: string }> {
    const rows: unknown[] = [];
    let next = "";
    for (let page = 0; page < mostPages; page++) {
      const more = next === "" ? "" : `&continue=${encodeURIComponent(next)}`;
      const answer = await from.get(`${apps}/replicasets?limit=${perPage}${more}`);
      if ("error" in answer) return answer;
      const { data } = list.safeParse(answer.json);
      if (data === undefined) return { error: `${where} answered JSON that is no list of replica sets` };
      rows.push(...data.items);
      next = data.metadata?.continue ?? "";
      if (next === "") break;
    }
    const { known, warnings } = rowsOf(rows, (row) => replicaSet.safeParse(row).data, "replica sets");
    if (next !== "") warnings.push(`only ${rows.length} replica sets were read`);
    const sets = known.filter((set) => deployments === undefined || deployments.includes(set.deployment));
    return { sets, warnings };
  }

  return {
    asks: [
      `kubectl --context=${harmless(context)} get --raw ${apps}/replicasets`,
      ...configmaps.map((map) => `…/configmaps/${map}`),
    ].join(", "),
    async changes(from, to) {
      const reading = reader();
      const read = await readSets(reading);
      if ("error" in read) return { error: read.error, ms: reading.ms() };
      const deeds: Deed[] = deedsOfRollouts(read.sets);
      const warnings = [...read.warnings];
      for (const back of rolledBack(read.sets)) {
        const answer = await reading.get(`${apps}/deployments/${back.deployment}`);
        const since = "json" in answer ? deployment.safeParse(answer.json).data : undefined;
        if ("error" in answer) warnings.push(answer.error);
        else if (since !== undefined) deeds.push({ ...back.deed, at: since });
      }
      for (const map of configmaps) {
        const answer = await reading.get(`/api/v1/namespaces/${namespace}/configmaps/${map}`);
        const { data } = configMap.safeParse("json" in answer ? answer.json : undefined);
        if ("error" in answer) warnings.push(answer.error);
        else if (data === undefined) warnings.push(`${where} answered JSON that is no config map`);
        else deeds.push(...deedsOfMap(data));
      }
      return { data: deeds.filter(({ at }) => isWithin(at, from, to)), warnings, ms: reading.ms() };
    },
    async check() {
      const reading = reader();
      const answer = await reading.get(`${apps}/replicasets?limit=1`);
      const ms = reading.ms();
      return "error" in answer ? { ok: false, say: answer.error, ms } : { ok: true, say: `${ms} ms`, ms };
    },
  };
}
