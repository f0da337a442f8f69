import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { kubernetes } from "../../src/changes/kubernetes.ts";
import { openExec } from "../../src/world/exec.ts";
import { fakeWorld, type Run } from "../fake/world.ts";
import { dataOf } from "../sources/recorded.ts";
import { readRecorded } from "./recorded.ts";

const recorded = readRecorded("kubernetes");
const to = Date.parse("2026-11-21T11:00:00Z");
const from = to - 24 * 3_600_000;
const apps = "/apis/apps/v1/namespaces/ai";

interface Template {
  metadata: { annotations?: Record<string, string> };
  spec: { containers: { name: string; image: string; env?: { name: string; value: string }[] }[] };
}
const template = () =>
  structuredClone((JSON.parse(recorded["get-deployment-200"]!.body) as { spec: { template: Template } }).spec.template);

/** A replica set as the deployment controller makes it, from the recorded template. */
function replicaSet(
  revision: number,
  at: string,
  change: (of: Template) => void = () => {},
  annotations: Record<string, string> = {},
) {
  const mine = template();
  change(mine);
  return {
    metadata: {
      name: `llm-gateway-${revision}`,
      creationTimestamp: at,
      annotations: { "deployment.kubernetes.io/revision": String(revision), ...annotations },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "llm-gateway", uid: "u" }],
    },
    spec: { replicas: 0, template: mine },
  };
}
const gateway = (t: Template) => t.spec.containers[0]!;
const listOf = (items: unknown[], next?: string) => ({
  kind: "ReplicaSetList",
  metadata: { resourceVersion: "1", ...(next === undefined ? {} : { continue: next }) },
  items,
});

const kubectl = (path: string, answer: object | string, timeout = 10): Run => ({
  argv: ["kubectl", "--context=lab", `--request-timeout=${timeout}s`, "get", "--raw", path],
  result: { stdout: typeof answer === "string" ? answer : JSON.stringify(answer) },
});

function scripted(runs: Run[], more: object = {}) {
  const world = fakeWorld({ runs });
  const log = kubernetes.open(kubernetes.schema.parse({ context: "lab", namespace: "ai", ...more }), world, "/");
  return { log, world };
}
async function deedsOf(items: unknown[], others: Run[] = [], more: object = {}) {
  const { log, world } = scripted([kubectl(`${apps}/replicasets?limit=50`, listOf(items)), ...others], more);
  const deeds = dataOf(await log.changes(from, to));
  world.verify();
  return deeds;
}

describe("kubernetes", () => {
  it("tells every rollout in words: the image, names of variables, a restart, the cause that was given", async () => {
    const deeds = await deedsOf([
      replicaSet(6, "2026-11-19T10:00:00Z"),
      replicaSet(7, "2026-11-21T08:00:00Z", (t) => (gateway(t).image = "example.com/llm-gateway:1.43.0"), {
        "kubernetes.io/change-cause": "release 1.43",
      }),
      replicaSet(
        8,
        "2026-11-21T09:00:00Z",
        (t) => {
          gateway(t).image = "example.com/llm-gateway:1.43.0";
          gateway(t).env![0]!.value = "sk-secret-of-somebody";
          gateway(t).env!.push({ name: "EXTRA", value: "1" });
        },
        { "kubernetes.io/change-cause": "release 1.43" },
      ),
      replicaSet(9, "2026-11-21T10:00:00Z", (t) => {
        gateway(t).image = "example.com/llm-gateway:1.43.0";
        gateway(t).env![0]!.value = "sk-secret-of-somebody";
        gateway(t).env!.push({ name: "EXTRA", value: "1" });
        t.metadata.annotations = { "kubectl.kubernetes.io/restartedAt": "2026-11-21T10:00:00Z" };
      }),
    ]);
    expect(deeds).toEqual([
      {
        at: Date.parse("2026-11-21T08:00:00Z"),
        what: "deployment llm-gateway gateway 1.42.0 → 1.43.0: release 1.43",
        ref: "revision 7",
      },
      {
        at: Date.parse("2026-11-21T09:00:00Z"),
        what: "deployment llm-gateway env DEFAULT_MODEL, EXTRA",
        ref: "revision 8",
      },
      { at: Date.parse("2026-11-21T10:00:00Z"), what: "deployment llm-gateway restarted", ref: "revision 9" },
    ]);
    expect(JSON.stringify(deeds)).not.toContain("sk-secret");
  });

  it("tells a rollback with the time of the deployment: the old set was made long ago", async () => {
    const back = replicaSet(8, "2026-11-01T00:00:00Z", () => {}, { "deployment.kubernetes.io/revision-history": "6" });
    const bad = replicaSet(7, "2026-11-21T08:00:00Z", (t) => (gateway(t).image = "example.com/llm-gateway:1.43.0"));
    const status = {
      conditions: [
        { type: "Available", status: "True" },
        { type: "Progressing", status: "True", lastUpdateTime: "2026-11-21T08:20:00Z" },
      ],
    };
    const deployment = { ...(JSON.parse(recorded["get-deployment-200"]!.body) as object), status };
    expect(await deedsOf([back, bad], [kubectl(`${apps}/deployments/llm-gateway`, deployment)])).toEqual([
      { at: Date.parse("2026-11-21T08:00:00Z"), what: "deployment llm-gateway at 1.43.0, 0.9.1", ref: "revision 7" },
      {
        at: Date.parse("2026-11-21T08:20:00Z"),
        what: "deployment llm-gateway gateway 1.43.0 → 1.42.0 (rolled back)",
        ref: "revision 8",
      },
    ]);
  });

  it("reads page after page, and only the deployments that were named", async () => {
    const other = structuredClone(replicaSet(3, "2026-11-21T09:00:00Z"));
    other.metadata.ownerReferences[0]!.name = "other";
    const runs = [
      kubectl(`${apps}/replicasets?limit=50`, listOf([other], "a/b=")),
      kubectl(`${apps}/replicasets?limit=50&continue=a%2Fb%3D`, listOf([replicaSet(7, "2026-11-21T08:00:00Z"), {}])),
    ];
    const { log, world } = scripted(runs, { deployments: ["llm-gateway"] });
    expect(await log.changes(from, to)).toMatchObject({
      data: [{ what: "deployment llm-gateway at 1.42.0, 0.9.1" }],
      warnings: ["1 replica sets could not be read"],
    });
    world.verify();
  });

  it("tells who wrote a config map and which keys, never its values", async () => {
    const written = recorded["patch-configmap-merge-unguarded-200"]!.body;
    const run = kubectl("/api/v1/namespaces/ai/configmaps/llm-quotas", written);
    const at = Date.parse("2026-11-21T10:34:48Z");
    expect(await deedsOf([], [run], { configmaps: ["llm-quotas"] })).toEqual([
      { at, what: "config map llm-quotas written: kill_switch, max_tokens_per_request, rpm_limit", who: "llmops" },
    ]);
  });

  it("says what kubectl says, and keeps what could be read", async () => {
    const failed = (stderr: string): Run => ({
      ...kubectl(`${apps}/replicasets?limit=50`, ""),
      result: { code: 1, stderr },
    });
    const one = scripted([failed('error: context "lab" does not exist\n')]);
    expect(await one.log.changes(from, to)).toMatchObject({ error: 'lab/ai: context "lab" does not exist' });
    const none = scripted([{ ...failed(""), result: { failed: "there is no program kubectl" } }]);
    expect(await none.log.changes(from, to)).toMatchObject({ error: "there is no program kubectl" });
    const cut = scripted([kubectl(`${apps}/replicasets?limit=50`, '{"items":[{"metadata":{"na')]);
    expect(await cut.log.changes(from, to)).toMatchObject({ error: expect.stringContaining("more than can be read") });
    const half = scripted(
      [
        kubectl(`${apps}/replicasets?limit=50`, listOf([replicaSet(7, "2026-11-21T08:00:00Z")])),
        {
          ...kubectl("/api/v1/namespaces/ai/configmaps/gone", ""),
          result: { code: 1, stderr: "Error from server (NotFound)" },
        },
      ],
      { configmaps: ["gone"] },
    );
    expect(await half.log.changes(from, to)).toMatchObject({
      data: [{}],
      warnings: ["lab/ai answered NotFound: there is no such thing"],
    });
  });

  it("wants its context by name, and names that cannot lead out of their address", () => {
    expect(kubernetes.schema.safeParse({ namespace: "ai" }).success).toBe(false);
    expect(kubernetes.schema.safeParse({ context: "lab", namespace: "../x" }).success).toBe(false);
    expect(kubernetes.schema.safeParse({ context: "lab", namespace: "ai", configmaps: ["a/../b"] }).success).toBe(
      false,
    );
  });
});

const hasKubectl = (() => {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasKubectl)("kubernetes through the real kubectl", () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0)) await clean();
  });

  /** An API that answers what was recorded, and a kubeconfig whose current context is somebody else's. */
  async function cluster(answers: Record<string, { status: number; body: string }>) {
    const asked: string[] = [];
    const server = createServer(({ method, url }, response) => {
      // kubectl tells the server its own deadline
      const path = url!.replace(/[?&]timeout=\d+s$/, "");
      // some builds of kubectl look for the version that fits the server
      if (path !== "/version") asked.push(`${method} ${path}`);
      const { status, body } = answers[path] ?? { status: 404, body: recorded["get-configmap-missing-404"]!.body };
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    cleanups.push(() => new Promise((done) => server.close(done)));
    const folder = mkdtempSync(join(tmpdir(), "llmops-kube-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "theirs",
      clusters: [
        { name: "lab", cluster: { server: url } },
        { name: "theirs", cluster: { server: "http://127.0.0.1:1" } },
      ],
      users: [{ name: "me", user: { token: "t" } }],
      contexts: ["lab", "theirs"].map((name) => ({ name, context: { cluster: name, user: "me" } })),
    };
    writeFileSync(join(folder, "config"), JSON.stringify(config));
    const exec = openExec({ PATH: process.env["PATH"], HOME: folder, KUBECONFIG: join(folder, "config") });
    return { asked, world: { ...fakeWorld(), exec } };
  }
  const open = (world: ReturnType<typeof fakeWorld>, more: object = {}) =>
    kubernetes.open(kubernetes.schema.parse({ context: "lab", namespace: "ai", ...more }), world, "/");

  it("asks the cluster that is named, exactly once for each thing, and never to change it", async () => {
    const sets = JSON.stringify(listOf([replicaSet(7, "2026-11-21T08:00:00Z")]));
    const map = recorded["get-configmap-200"]!;
    const { asked, world } = await cluster({
      [`${apps}/replicasets?limit=50`]: { status: 200, body: sets },
      [map.path]: map,
    });
    const deeds = dataOf(await open(world, { configmaps: ["llm-quotas"] }).changes(from, to));
    expect(deeds.map(({ what, who }) => [what, who])).toEqual([
      ["deployment llm-gateway at 1.42.0, 0.9.1", undefined],
      ["config map llm-quotas written: kill_switch, max_tokens_per_request, rpm_limit", "kubectl-create"],
    ]);
    expect(asked).toEqual([`GET ${apps}/replicasets?limit=50`, `GET ${map.path}`]);
  });

  it("says who may not read", async () => {
    const { world } = await cluster({ [`${apps}/replicasets?limit=50`]: recorded["get-configmap-forbidden-403"]! });
    const answer = await open(world).changes(from, to);
    expect(answer).toMatchObject({
      error: expect.stringMatching(/^lab\/ai answered Forbidden: these credentials may not do this: configmaps/),
    });
    const unknown = await open(world, { context: "gone" }).check();
    expect(unknown).toMatchObject({ ok: false, say: expect.stringContaining('context "gone" does not exist') });
  });
});
