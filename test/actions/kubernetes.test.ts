import { afterEach, describe, expect, it } from "vitest";
import type { Action, Counted } from "../../src/actions/action.ts";
import { endJobs } from "../../src/actions/endJobs.ts";
import { rolloutRestart } from "../../src/actions/rolloutRestart.ts";
import { rolloutUndo } from "../../src/actions/rolloutUndo.ts";
import { checkValue } from "../../src/schema/schema.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { fakeWorld, type Run } from "../fake/world.ts";
import { kubectlIsMissing, startCluster, type TestCluster } from "./cluster.ts";

const at = { context: "lab", namespace: "ai" };
const scope = { route: "support.reply" };
const jobs = "/apis/batch/v1/namespaces/ai/jobs";
const gateway = "/apis/apps/v1/namespaces/ai/deployments/llm-gateway";
const sets = "/apis/apps/v1/namespaces/ai/replicasets";

function job(
  name: string,
  labels: Record<string, string>,
  more: { spec?: object; status?: object; cron?: string } = {},
) {
  const ownerReferences =
    more.cron === undefined ? [] : [{ apiVersion: "batch/v1", kind: "CronJob", name: more.cron, uid: "c" }];
  const metadata = { name, namespace: "ai", uid: `uid-${name}`, labels, ownerReferences };
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec: { ...more.spec }, status: { ...more.status } };
}
const over = { conditions: [{ type: "Complete", status: "True" }] };

const container = (image: string, env: Record<string, string>) => ({
  name: "gateway",
  image,
  env: Object.entries(env).map(([name, value]) => ({ name, value })),
});
const template = (image: string, env: Record<string, string>) => ({
  metadata: { labels: { app: "llm-gateway" } },
  spec: { containers: [container(image, env)] },
});
const now = template("example.com/llm-gateway:1.42.0", { MAX_TOKENS: "512" });
const then = template("example.com/llm-gateway:1.41.0", { MAX_TOKENS: "4096" });

function deployment(revision: number, more: object = {}) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "llm-gateway",
      namespace: "ai",
      uid: "uid-d",
      resourceVersion: "7",
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
    },
    spec: {
      replicas: 6,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: "llm-gateway" } },
      template: now,
      ...more,
    },
    status: { readyReplicas: 5 },
  };
}

function replicaSet(revision: number, of: typeof now, owner = "uid-d") {
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `llm-gateway-${revision}`,
      namespace: "ai",
      uid: `uid-r${revision}`,
      creationTimestamp: `2026-11-2${revision % 10}T01:00:00Z`,
      labels: { app: "llm-gateway" },
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "Deployment", name: "llm-gateway", uid: owner, controller: true },
      ],
    },
    spec: { replicas: 0, selector: { matchLabels: { app: "llm-gateway" } }, template: of },
  };
}

async function count(action: Action, of: Scope = scope): Promise<Counted> {
  const counted = await action.count(of);
  if ("error" in counted) throw new Error(`${counted.error}; ${counted.next}`);
  return counted;
}

describe.skipIf(kubectlIsMissing)(`a real kubectl${kubectlIsMissing ? " (skipped: not installed)" : ""}`, () => {
  let cluster: TestCluster;
  afterEach(() => cluster?.close());
  const openJobs = (more: object = {}) =>
    endJobs.open({ ...at, selector: "app=agent,route={route}", suspend: false, ...more }, cluster.world, "/");
  const labels = { app: "agent", route: "support.reply" };

  it("ends the jobs that were counted, by name, and no other", async () => {
    cluster = await startCluster({
      [`${jobs}/run-1`]: job("run-1", labels, { cron: "nightly" }),
      [`${jobs}/run-2`]: job("run-2", labels),
      [`${jobs}/ended`]: job("ended", labels, { status: over }),
      [`${jobs}/other`]: job("other", { app: "agent", route: "search" }),
    });
    const counted = await count(openJobs());
    expect(cluster.changes).toEqual([]);
    expect(counted).toMatchObject({
      argv: [
        "kubectl",
        "--context=lab",
        "--namespace=ai",
        "delete",
        "jobs",
        "run-1",
        "run-2",
        "--ignore-not-found",
        "--wait=false",
        "--output=name",
      ],
      count: 2,
      says: [
        "2 jobs with app=agent,route=support.reply run in lab/ai: run-1, run-2.",
        "They come from cron job nightly, which goes on starting more.",
        "Their pods end with them; jobs that ended before stay.",
      ],
      question: "End these 2 jobs?",
    });
    cluster.objects.set(`${jobs}/run-3`, job("run-3", labels));
    expect(await counted.run()).toEqual({ done: "2 jobs are ended." });
    expect(cluster.changes.map(({ what }) => what)).toEqual([`DELETE ${jobs}/run-1`, `DELETE ${jobs}/run-2`]);
    expect([...cluster.objects.keys()].map((path) => path.slice(jobs.length + 1))).toEqual(["ended", "other", "run-3"]);
  });

  it("suspends instead of ending, and does not count what is suspended", async () => {
    cluster = await startCluster({
      [`${jobs}/run-1`]: job("run-1", labels),
      [`${jobs}/run-2`]: job("run-2", labels, { spec: { suspend: true } }),
    });
    const action = openJobs({ suspend: true });
    const counted = await count(action);
    expect(action.irreversible).toBe(false);
    expect(counted).toMatchObject({ count: 1, question: "Suspend this job?" });
    expect(await counted.run()).toEqual({ done: "1 job is suspended." });
    expect(cluster.changes).toEqual([{ what: `PATCH ${jobs}/run-1`, body: '{"spec":{"suspend":true}}' }]);
    expect((await count(action)).count).toBe(0);
  });

  it("restarts the deployment with one request", async () => {
    cluster = await startCluster({ [gateway]: deployment(8) });
    const counted = await count(rolloutRestart.open({ ...at, deployment: "llm-gateway" }, cluster.world, "/"));
    expect(cluster.changes).toEqual([]);
    expect(counted.says[0]).toBe("Deployment llm-gateway in lab/ai has 6 pods, 5 ready; all are replaced.");
    expect(counted.question).toBe("Restart llm-gateway?");
    expect(await counted.run()).toEqual({
      done: "The restart has begun; see it end: kubectl --context=lab --namespace=ai rollout status deployment/llm-gateway",
    });
    expect(cluster.changes).toHaveLength(1);
    expect(cluster.changes[0]!.what).toBe(`PATCH ${gateway}`);
    expect(cluster.changes[0]!.body).toContain("kubectl.kubernetes.io/restartedAt");
  });

  it("names the revision it goes back to and what moves with it, and goes exactly there", async () => {
    cluster = await startCluster({
      [gateway]: deployment(8),
      [`${sets}/a`]: replicaSet(6, then),
      [`${sets}/b`]: replicaSet(7, then),
      [`${sets}/c`]: replicaSet(8, now),
      [`${sets}/x`]: replicaSet(9, then, "somebody-else"),
    });
    const counted = await count(rolloutUndo.open({ ...at, deployment: "llm-gateway" }, cluster.world, "/"));
    expect(cluster.changes).toEqual([]);
    expect(counted.says).toEqual([
      "The WHOLE pod template of deployment llm-gateway in lab/ai goes back from revision 8 to revision 7, of 2026-11-27T01:00:00Z: not only the release, also every mitigation made there since (env, limits).",
      "Different there: image example.com/llm-gateway:1.42.0 → example.com/llm-gateway:1.41.0; env MAX_TOKENS.",
      "All of its 6 pods are replaced.",
    ]);
    expect(counted.question).toBe("Take the whole pod template of llm-gateway back to revision 7?");
    expect(counted.argv.at(-1)).toBe("--to-revision=7");
    expect(await counted.run()).toMatchObject({
      done: expect.stringMatching(/^It goes back to revision 7; see it end: /),
    });
    expect(cluster.changes).toHaveLength(1);
    expect(cluster.changes[0]!.body).toContain("llm-gateway:1.41.0");
  });

  it("D03: rolls nothing back when somebody rolled out meanwhile", async () => {
    cluster = await startCluster({
      [gateway]: deployment(8),
      [`${sets}/b`]: replicaSet(7, then),
      [`${sets}/c`]: replicaSet(8, now),
    });
    const counted = await count(rolloutUndo.open({ ...at, deployment: "llm-gateway" }, cluster.world, "/"));
    cluster.objects.set(gateway, deployment(9));
    expect(await counted.run()).toEqual({
      failed: "Nothing was rolled back: somebody rolled out revision 9 meanwhile. Look again.",
    });
    expect(cluster.changes).toEqual([]);
  });

  it("tells before it asks what cannot be done", async () => {
    cluster = await startCluster({ [gateway]: deployment(8, { paused: true }), [`${sets}/c`]: replicaSet(8, now) });
    const undo = rolloutUndo.open({ ...at, deployment: "llm-gateway" }, cluster.world, "/");
    expect(await undo.count({})).toMatchObject({
      error: "deployment llm-gateway in lab/ai has no revision before the live one (kept: 8)",
    });
    const restart = rolloutRestart.open({ ...at, deployment: "llm-gateway" }, cluster.world, "/");
    expect(await restart.count({})).toMatchObject({
      error: "deployment llm-gateway in lab/ai is paused: it would not restart",
      next: "kubectl --context=lab --namespace=ai rollout resume deployment/llm-gateway",
    });
    const gone = rolloutRestart.open({ ...at, deployment: "gone" }, cluster.world, "/");
    expect(await gone.count({})).toMatchObject({ error: expect.stringContaining("there is no such thing") });
    const nowhere = rolloutRestart.open({ ...at, context: "nowhere", deployment: "gone" }, cluster.world, "/");
    expect(await nowhere.count({})).toMatchObject({ error: expect.stringContaining('"nowhere" does not exist') });
    expect(cluster.changes).toEqual([]);
  });
});

describe("what kubectl may answer", () => {
  const path = `${jobs}?labelSelector=app%3Dagent&limit=50`;
  const get = ["kubectl", "--context=lab", "--request-timeout=10s", "get", "--raw", path];
  const listed = (...items: object[]): Run => ({ argv: get, result: { stdout: JSON.stringify({ items }) } });
  const words = ["delete", "jobs", "run-1", "run-2", "--ignore-not-found", "--wait=false", "--output=name"];
  const end = ["kubectl", "--context=lab", "--request-timeout=30s", "--namespace=ai", ...words];
  const both = [job("run-1", {}), job("run-2", {})];
  async function run(...runs: Run[]) {
    const world = fakeWorld({ runs: [listed(...both), ...runs] });
    const counted = await count(endJobs.open({ ...at, selector: "app=agent", suspend: false }, world, "/"), {});
    const ended = await counted.run();
    world.verify();
    return ended;
  }

  it("what is still there counts, not what was said", async () => {
    expect(await run({ argv: end, result: {} }, listed(job("run-2", {})))).toEqual({
      failed: "1 of 2 are ended, still there: run-2.",
    });
    const timeout = { code: undefined, failed: "kubectl did not end within 30s and was stopped" };
    expect(await run({ argv: end, result: timeout }, listed())).toEqual({ done: "2 jobs are ended." });
    const again = { ...job("run-1", {}), metadata: { ...job("run-1", {}).metadata, uid: "another" } };
    expect(await run({ argv: end, result: {} }, listed(again))).toEqual({ done: "2 jobs are ended." });
  });

  it("who may not delete is told so, and that nothing is gone", async () => {
    const stderr =
      'Error from server (Forbidden): jobs.batch "run-1" is forbidden: User "dana" cannot delete resource "jobs"';
    expect(await run({ argv: end, result: { code: 1, stderr } }, listed(...both))).toEqual({
      failed: expect.stringMatching(/^0 of 2 are ended, still there: run-1, run-2: lab\/ai answered Forbidden: /),
    });
  });

  it("what cannot be looked at again is unknown", async () => {
    const gone = { argv: get, result: { code: 1, stderr: "The connection to the server x was refused" } };
    expect(await run({ argv: end, result: { code: 1, stderr: "error: unexpected EOF" } }, gone)).toEqual({
      unknown: expect.stringMatching(/^What became of 2 jobs could not be looked at: /),
    });
  });

  it("J04: a name that is no value of a label asks nothing", async () => {
    const world = fakeWorld({ runs: [] });
    const action = endJobs.open({ ...at, selector: "app=agent,route={route}", suspend: false }, world, "/");
    for (const route of ["a,team!=b", "x)", "-", "a b"])
      expect(await action.count({ route })).toMatchObject({
        error: expect.stringContaining("can be no value of a label"),
      });
    world.verify();
  });
});

describe("settings", () => {
  it.each([
    [endJobs, { selector: "" }, "`selector` needs a label and its value, like app=agent"],
    [endJobs, { selector: "agent" }, "`selector` needs a label and its value, like app=agent"],
    [endJobs, { selector: "app={rout}" }, "`selector` names {rout}, which is no dimension"],
    [rolloutUndo, { deployment: "--all" }, "`deployment`: expected a name as Kubernetes has them"],
    [rolloutRestart, { deployment: "x", context: "--as=root" }, "`context` needs the name of a context"],
  ])("mistake %#", (kind, more, message) => {
    const { mistakes } = checkValue<unknown>(kind.schema, { ...at, ...more });
    expect(mistakes.map((one) => one.message)).toEqual([message]);
  });
});
