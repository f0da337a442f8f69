import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openExec } from "../../src/world/exec.ts";
import { fakeWorld, type FakeWorld } from "../fake/world.ts";

export const kubectlIsMissing = (() => {
  if (process.env["CI"] !== undefined) return false;
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "pipe" });
    return false;
  } catch {
    return true;
  }
})();

type Json = Record<string, unknown>;

export interface TestCluster {
  /** path → object */
  objects: Map<string, Json>;
  /** everything that changed something: "DELETE /apis/…" and what was sent */
  changes: { what: string; body: string }[];
  world: FakeWorld;
  close(): Promise<void>;
}

const resource = (name: string, kind: string) => ({
  name,
  kind,
  namespaced: true,
  singularName: kind.toLowerCase(),
  verbs: ["get", "list", "patch", "delete"],
});
const group = (name: string) => {
  const version = { groupVersion: `${name}/v1`, version: "v1" };
  return { name, versions: [version], preferredVersion: version };
};
/** What kubectl asks first: which kinds of objects there are. */
const discovery: Record<string, Json> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [group("apps"), group("batch")] },
  "/apis/batch/v1": { kind: "APIResourceList", groupVersion: "batch/v1", resources: [resource("jobs", "Job")] },
  "/apis/apps/v1": {
    kind: "APIResourceList",
    groupVersion: "apps/v1",
    resources: [resource("deployments", "Deployment"), resource("replicasets", "ReplicaSet")],
  },
};
const lists: Record<string, [string, string]> = {
  jobs: ["JobList", "batch/v1"],
  replicasets: ["ReplicaSetList", "apps/v1"],
};

/** The part of an API server that the actions need, and a real kubectl whose context "lab" leads to it, and no other. */
export async function startCluster(given: Record<string, Json>): Promise<TestCluster> {
  const objects = new Map(Object.entries(given));
  const changes: TestCluster["changes"] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url!, "http://x");
    const path = url.pathname;
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const say = (status: number, value: unknown) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
      const missing = {
        kind: "Status",
        apiVersion: "v1",
        status: "Failure",
        reason: "NotFound",
        message: "not found",
        code: 404,
      };
      if (discovery[path] !== undefined) return say(200, discovery[path]);
      const last = path.split("/").at(-1)!;
      if (request.method === "GET" && lists[last] !== undefined) {
        const labels = (url.searchParams.get("labelSelector") ?? "").split(",").filter((one) => one !== "");
        const items = [...objects].filter(([at]) => at.startsWith(`${path}/`)).map(([, value]) => value);
        const [kind, apiVersion] = lists[last];
        return say(200, { kind, apiVersion, metadata: {}, items: items.filter((item) => fits(item, labels)) });
      }
      const found = objects.get(path);
      if (request.method !== "GET") changes.push({ what: `${request.method} ${path}`, body });
      if (found === undefined) return say(404, missing);
      if (request.method === "DELETE") objects.delete(path);
      if (request.method === "PATCH" && body.startsWith("{"))
        objects.set(path, merge(found, JSON.parse(body) as Json) as Json);
      return say(200, objects.get(path) ?? found);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const folder = mkdtempSync(join(tmpdir(), "llmops-kube-"));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clusters = [
    { name: "lab", cluster: { server: url } },
    { name: "theirs", cluster: { server: "http://127.0.0.1:1" } },
  ];
  const contexts = clusters.map(({ name }) => ({ name, context: { cluster: name, user: "me" } }));
  const users = [{ name: "me", user: { token: "t" } }];
  const config = { apiVersion: "v1", kind: "Config", "current-context": "theirs", clusters, users, contexts };
  writeFileSync(join(folder, "config"), JSON.stringify(config));
  const exec = openExec({ PATH: process.env["PATH"], HOME: folder, KUBECONFIG: join(folder, "config") });
  return {
    objects,
    changes,
    world: { ...fakeWorld(), exec },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fits(item: Json, labels: string[]): boolean {
  const own = (item["metadata"] as { labels?: Record<string, string> }).labels ?? {};
  return labels.every((label) => own[label.split("=")[0]!] === label.split("=")[1]);
}

function merge(into: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base = typeof into === "object" && into !== null ? (into as Json) : {};
  return {
    ...base,
    ...Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, merge(base[key], value)])),
  };
}
