import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeConsul } from "./consulFake.ts";
import { openFaultyRemote } from "./faultyGit.ts";
import { openFaultyProxy, type Answer, type Passing } from "./faultyProxy.ts";
import { openFaultyRedis } from "./faultyRedis.ts";
import type { Turns } from "./faultyTurns.ts";
import { openRemote } from "./gitRemote.ts";
import { hasKubectl, kubeconfig, quotas, recorded, startApi } from "./kubernetesApi.ts";
import { caddyIsMissing, startCaddy } from "../parts/caddy.ts";
import { etcdIsMissing, startEtcd } from "../parts/etcd.ts";
import { redisIsMissing, startRedis } from "../parts/redis.ts";
import { hasUnleash, startUnleash } from "../parts/unleash.ts";

/** What a dialect may have no room for. */
export type CaseName = "a lost compare-and-set";

/** A config API that can be reached through what fails as scripted. */
export interface Dialect {
  name: string;
  /** the program that it needs is not installed, and this is not CI */
  missing: boolean;
  /** cases that its own mechanics leave no room for, and why: there is no test of them */
  lacks?: Partial<Record<CaseName, string>>;
  /** with `max_tokens` of route support.reply at 4096 */
  start(): Promise<Served>;
}

export interface Served {
  /** all that it keeps */
  state(): Promise<string>;
  /** `max_tokens` of support.reply, not through the target */
  live(): Promise<unknown>;
  /** somebody else sets it */
  other(value: number): Promise<void>;
  /** the target through a way that fails; a new one for every case */
  reach(script: Turns): Promise<Reached>;
  /** what it answers to a write that it made */
  success: Answer;
  stop(): Promise<void>;
}

export interface Reached {
  /** as llmops.yaml has it: its kind and settings, as JSON */
  target: Record<string, unknown>;
  /** mutating requests that arrived there, however they were answered */
  writes(): number;
  /** what the programs need that it is reached by */
  env?: Record<string, string>;
  close(): Promise<void>;
}

/** The token of every project here, in the environment as CONFIG_TOKEN. */
export const token = "canary-5e1f-t0ken-9a";
const secret = { env: "CONFIG_TOKEN" };

/** A target that is reached over HTTP at the `url` of its settings. */
function overHttp(
  url: string,
  isWrite: (request: Pick<Passing, "method" | "path">) => boolean,
  targetAt: (url: string) => Record<string, unknown>,
): (script: Turns) => Promise<Reached & { url: string }> {
  return async (script) => {
    const proxy = await openFaultyProxy(url, isWrite, script);
    const { url: at, writes, close } = proxy;
    return { url: at, target: targetAt(at), writes: () => writes.length, close };
  };
}

const isNoGet = ({ method }: Pick<Passing, "method">) => method !== "GET";
const limits = '{"max_tokens": 4096, "tenant": 12345678901234567890, "x": 1e400}';
const limitsOf = (value: number) => limits.replace("4096", String(value));
const capIn = (text: string) => (JSON.parse(text) as { max_tokens: unknown }).max_tokens;

const etcd: Dialect = {
  name: "etcd",
  missing: etcdIsMissing,
  async start() {
    const server = await startEtcd();
    const key = "/llm/support.reply/limits";
    await server.put(key, limits);
    for (const name of ["root", "oncall"]) {
      await server.call("auth/user/add", { name, password: token });
      await server.call("auth/role/add", { name });
      await server.call("auth/user/grant", { user: name, role: "root" });
    }
    await server.call("auth/enable", {});
    await server.login("root", token);
    const more = { user: "oncall", password: secret };
    const target = (url: string) => ({
      etcd: { url, ...more, levers: { max_tokens: { at: "/llm/{route}/limits", pointer: "/max_tokens" } } },
    });
    return {
      state: () => server.dump("/llm/"),
      live: async () => capIn((await server.get(key))!.text),
      other: (value) => server.put(key, limitsOf(value)),
      reach: overHttp(server.url, ({ path }) => path.endsWith("/txn"), target),
      success: { status: 200, body: '{"header":{"cluster_id":"1","member_id":"1","revision":"9"},"succeeded":true}' },
      stop: () => server.stop(),
    };
  },
};

const consul: Dialect = {
  name: "consul",
  missing: false,
  async start() {
    const server = await startFakeConsul({ tokens: { write: token, read: "reader" } });
    const key = "llm/support.reply/limits";
    server.put(key, limits);
    const target = (url: string) => ({
      consul: { url, token: secret, levers: { max_tokens: { at: "llm/{route}/limits", pointer: "/max_tokens" } } },
    });
    return {
      state: async () => JSON.stringify([...server.keys].map(([name, { text, flags }]) => [name, text, flags])),
      live: async () => capIn(server.keys.get(key)!.text),
      other: async (value) => server.put(key, limitsOf(value)),
      reach: overHttp(server.url, isNoGet, target),
      success: { status: 200, body: "true\n" },
      stop: () => server.close(),
    };
  },
};

const caddy: Dialect = {
  name: "caddy",
  missing: caddyIsMissing,
  async start() {
    const server = await startCaddy({ "support.reply": { enabled: true, model: "gpt-4o", max_tokens: 4096 } });
    const target = (url: string) => ({
      http: {
        url,
        headers: { "x-token": secret },
        method: "POST",
        null_is_absent: true,
        levers: { max_tokens: "/id/{route}/max_tokens" },
      },
    });
    return {
      state: () => server.config(),
      live: async () => capIn((await server.gateway("support.reply")).body),
      other: (value) => server.post("/id/support.reply/max_tokens", value),
      reach: overHttp(server.url, isNoGet, target),
      success: { status: 200, body: "" },
      stop: () => server.stop(),
    };
  },
};

const unleash: Dialect = {
  name: "unleash",
  missing: !process.env["CI"] && !hasUnleash(),
  lacks: { "a lost compare-and-set": "it has no condition that a write could be sent on, and the last one wins" },
  async start() {
    const server = await startUnleash();
    const features = "/projects/default/features";
    const at = `${features}/llm-support.reply/environments/development`;
    const payload = (text: string) => ({ type: "json", value: text });
    const variant = { name: "config", weight: 1000, weightType: "variable", stickiness: "default" };
    await server.ask("POST", features, { name: "llm-support.reply", type: "operational" });
    await server.ask("POST", `${at}/strategies`, {
      name: "flexibleRollout",
      parameters: { rollout: "75", stickiness: "default", groupId: "llm" },
      variants: [{ ...variant, payload: payload(limits) }],
    });
    await server.ask("POST", `${at}/on`);
    interface Told {
      enabled: boolean;
      strategies: { id: string; variants: { payload: { value: string } }[] }[];
    }
    const told = async () => (await server.ask("GET", at)) as Told;
    const pointer = "/strategies/0/variants/0/payload/value/max_tokens";
    const target = (url: string) => ({
      unleash: {
        url,
        token: { env: "UNLEASH_TOKEN" },
        environment: "development",
        levers: { max_tokens: { at: "llm-{route}", pointer } },
      },
    });
    const reach = overHttp(server.url, isNoGet, target);
    return {
      state: async () => JSON.stringify(await told()),
      live: async () => capIn((await told()).strategies[0]!.variants[0]!.payload.value),
      async other(value) {
        const [strategy] = (await told()).strategies;
        const replaced = { op: "replace", path: "/variants/0/payload/value", value: limitsOf(value) };
        await server.ask("PATCH", `${at}/strategies/${strategy!.id}`, [replaced]);
      },
      // a token of its admin API begins with *:*.
      reach: async (script) => ({ ...(await reach(script)), env: { UNLEASH_TOKEN: server.token } }),
      success: { status: 200, body: "{}" },
      stop: () => server.stop(),
    };
  },
};

const kubernetes: Dialect = {
  name: "kubernetes",
  missing: !process.env["CI"] && !hasKubectl,
  async start() {
    const object = recorded["get-configmap-200"]!.body.replace(
      /"data":\{.*\}\}/,
      () => `"data":{"support.reply":${JSON.stringify(limits)}},"x-tenant":12345678901234567890}`,
    );
    const api = await startApi({ [quotas]: object });
    const data = () => (JSON.parse(api.objects.get(quotas)!) as { data: Record<string, string> }).data;
    // a server that is asked whether it would take it is not asked to
    const isWrite = ({ method, path }: Pick<Passing, "method" | "path">) =>
      method !== "GET" && !path.includes("dryRun=All");
    const levers = { max_tokens: { at: "configmap/llm-quotas/{route}", pointer: "/max_tokens" } };
    const reach = overHttp(api.url, isWrite, () => ({ kubernetes: { context: "lab", namespace: "ai", levers } }));
    return {
      state: async () => api.objects.get(quotas)!.replace(/"resourceVersion":"\d+"/, ""),
      live: async () => capIn(data()["support.reply"]!),
      other: async (value) =>
        api.edit(quotas, (text) => text.replace(/\\"max_tokens\\": \d+/, `\\"max_tokens\\": ${value}`)),
      async reach(script) {
        const reached = await reach(script);
        const folder = mkdtempSync(join(tmpdir(), "llmops-kube-"));
        const config = join(folder, "config");
        writeFileSync(config, JSON.stringify(kubeconfig(reached.url, token)));
        const close = async () => {
          await reached.close();
          rmSync(folder, { recursive: true });
        };
        return { ...reached, env: { KUBECONFIG: config, HOME: folder }, close };
      },
      success: { status: 200, body: object },
      stop: () => api.close(),
    };
  },
};

const redis: Dialect = {
  name: "redis",
  missing: redisIsMissing,
  async start() {
    const server = await startRedis();
    const key = "llm:support.reply:limits";
    server.cli("set", key, limits);
    server.cli("acl", "setuser", "oncall", "on", `>${token}`, "~llm:*", "+@all");
    const levers = { max_tokens: { at: "llm:{route}:limits", pointer: "/max_tokens" } };
    return {
      state: async () => server.cli("get", key),
      live: async () => capIn(server.cli("get", key)),
      other: async (value) => void server.cli("set", key, limitsOf(value)),
      async reach(script) {
        const wire = await openFaultyRedis(server.port, script);
        return { ...wire, target: { redis: { url: wire.url, username: "oncall", password: secret, levers } } };
      },
      success: { status: 200, body: "*1\r\n+OK\r\n" },
      stop: () => server.stop(),
    };
  },
};

const git: Dialect = {
  name: "git",
  missing: false,
  async start() {
    const file = (text: string) => `{"support.reply": ${text}}\n`;
    const remote = openRemote({ "limits.json": file(limits), "README.md": "x\n" });
    const levers = { max_tokens: "/{route}/max_tokens" };
    return {
      state: async () => remote.text("limits.json") + remote.run(remote.bare, "ls-tree", "main"),
      live: async () => capIn(remote.text("limits.json").replace(/^\{"support.reply": (.*)\}\n$/, "$1")),
      other: async (value) => remote.push({ "limits.json": file(limitsOf(value)) }),
      async reach(script) {
        const wire = await openFaultyRemote(remote, script);
        const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
        const target = { git: { path: remote.ours, branch: "main", file: "limits.json", levers } };
        return { ...wire, target, env };
      },
      success: { status: 200, body: "" },
      stop: async () => remote.close(),
    };
  },
};

/** A new one is a line here: what fails, and what must come of it, is in landed.test.ts. */
export const dialects: readonly Dialect[] = [etcd, consul, caddy, unleash, kubernetes, redis, git];
