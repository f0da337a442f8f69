import { z } from "zod";
import { harmless, shorten } from "../harmless.ts";
import { notAnObject, type Kubectl, type KubectlFailure } from "../world/kubectl.ts";
import type { Place, Resource } from "./kubernetesAddress.ts";

/** of one request; a write is three: it reads, asks the server whether it would take it, and sends it */
export const requestMs = 9000;
/** more objects than that are not looked through for a name that could have been meant */
const mostNames = 200;

const groupSchema = z.object({
  preferredVersion: z.object({ groupVersion: z.string().regex(/^[a-z0-9.-]+\/[a-z0-9]+$/) }),
});
const listSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Where objects stand in the API. Of a group that we do not know, the cluster is asked once which version it prefers. */
export interface Paths {
  object(place: Place): Promise<string | KubectlFailure>;
  /** names of objects; none where they cannot be told */
  names(resource: Resource): Promise<string[]>;
}

export function openPaths(kubectl: Kubectl): Paths {
  const apis = new Map<string, Promise<string | KubectlFailure>>();

  async function ask(group: string): Promise<string | KubectlFailure> {
    const got = await kubectl.get(`/apis/${group}`, requestMs);
    if ("as" in got && got.as === "missing") return noGroup(group);
    if ("as" in got) return got;
    const wrong = notAnObject(got.stdout, kubectl.says);
    const { data } = groupSchema.safeParse(wrong === undefined ? JSON.parse(got.stdout) : undefined);
    return data === undefined ? noGroup(group) : `/apis/${data.preferredVersion.groupVersion}`;
  }

  function noGroup(group: string): KubectlFailure {
    const why = `${kubectl.says} knows no API group ${harmless(group)}`;
    return { as: "missing", why, next: `see which there are: ${kubectl.byHand("api-resources")}` };
  }

  async function collection({ api, group, plural }: Resource): Promise<string | KubectlFailure> {
    const known = apis.get(group) ?? (api === undefined ? ask(group) : Promise.resolve(api));
    apis.set(group, known);
    const base = await known;
    if (typeof base === "string") return `${base}/namespaces/${kubectl.namespace}/${plural}`;
    apis.delete(group);
    return base;
  }

  return {
    async object({ resource, name }) {
      const path = await collection(resource);
      return typeof path === "string" ? `${path}/${name}` : path;
    },
    async names(resource) {
      const path = await collection(resource);
      if (typeof path !== "string") return [];
      const got = await kubectl.get(`${path}?limit=${mostNames}`, requestMs);
      if ("as" in got || notAnObject(got.stdout, kubectl.says) !== undefined) return [];
      return listSchema.safeParse(JSON.parse(got.stdout)).data?.items.map(({ metadata }) => metadata.name) ?? [];
    },
  };
}

/** " (10.0.0.1:6443)": the API server of a context, as the kubeconfig has it; "" where that does not tell. Nobody is asked. */
export async function hostOf(kubectl: Kubectl): Promise<string> {
  const got = await kubectl.run(
    ["config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"],
    requestMs,
  );
  return "stdout" in got && URL.canParse(got.stdout) ? ` (${shorten(new URL(got.stdout).host, 80)})` : "";
}
