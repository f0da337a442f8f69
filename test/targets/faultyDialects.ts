import { startFakeConsul } from "./consulFake.ts";
import { openFaultyProxy, type Answer, type Passing, type Script } from "./faultyProxy.ts";
import { caddyIsMissing, startCaddy } from "../parts/caddy.ts";
import { etcdIsMissing, startEtcd } from "../parts/etcd.ts";

/** A config API that can be reached through what fails as scripted. */
export interface Dialect {
  name: string;
  /** the program that it needs is not installed, and this is not CI */
  missing: boolean;
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
  reach(script: Script): Promise<Reached>;
  /** what it answers to a write that it made */
  success: Answer;
  stop(): Promise<void>;
}

export interface Reached {
  /** as llmops.yaml has it: its kind and settings, as JSON */
  target: Record<string, unknown>;
  /** mutating requests that arrived there, however they were answered */
  writes(): number;
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
): Served["reach"] {
  return async (script) => {
    const proxy = await openFaultyProxy(url, isWrite, script);
    return { target: targetAt(proxy.url), writes: () => proxy.writes.length, close: () => proxy.close() };
  };
}

const isNoGet = ({ method }: Pick<Passing, "method">) => method !== "GET";
const limits = '{"max_tokens": 4096, "tenant": 12345678901234567890, "x": 1e400}';
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
      other: (value) => server.put(key, limits.replace("4096", String(value))),
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
      other: async (value) => server.put(key, limits.replace("4096", String(value))),
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

/** A new one is a line here: what fails, and what must come of it, is in landed.test.ts. */
export const dialects: readonly Dialect[] = [etcd, consul, caddy];
