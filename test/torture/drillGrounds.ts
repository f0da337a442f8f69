import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisCli, startCaddy, startEtcd, startRedis } from "../parts/daemon.ts";

export const routes = ["chat.free", "support.reply", "agent"] as const;
/** what every lever holds at first */
export const first = { enabled: true, model: "large", max_tokens: 4096 } as const;
export type Turned = keyof typeof first;
const settings = Object.keys(first) as Turned[];

/** One real config API, with the levers of every route on it. */
export interface Ground {
  /** name and kind of the target */
  name: string;
  /** its entry in llmops.yaml */
  project: string;
  /** files of the place that it consists of, as they are at first */
  files?: Record<string, string>;
  /** everything that stands there, as the server itself tells it, byte for byte; `folder`: the place's */
  bytes(folder: string): Promise<string>;
  value(setting: Turned, route: string, folder: string): Promise<unknown>;
  /** somebody else's hand; not needed where the place holds it */
  set?(setting: Turned, route: string, value: number | boolean): Promise<void>;
  /** how many changes the server itself has counted since it was opened; undefined: it counts none */
  changes(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** What stands in one document for every route. */
const document = () =>
  `# who to ask: platform\nbig: 12345678901234567890\nroutes:\n${routes
    .map((route) => `  ${route}: { enabled: true, model: large, max_tokens: 4096 } # ${route}\n`)
    .join("")}`;
const pointers = settings.map((setting) => `${setting}: "/routes/{route}/${setting}"`).join(", ");

/** The value in a document of this test's own shape, read without the program's help. */
function valueIn(text: string, setting: Turned, route: string): unknown {
  const line = text.split("\n").find((one) => one.startsWith(`  ${route}:`))!;
  const word = new RegExp(`${setting}: ([^,} ]+)`).exec(line)![1]!;
  return setting === "model" ? word : (JSON.parse(word) as unknown);
}

/** It lies in the place itself, where the program is seen to write it. */
async function fileGround(): Promise<Ground> {
  const bytes = async (folder: string) => readFileSync(join(folder, "gateway.yaml"), "utf8");
  return {
    name: "file",
    project: `{ file: { path: gateway.yaml, levers: { ${pointers} } } }`,
    files: { "gateway.yaml": document() },
    bytes,
    value: async (setting, route, folder) => valueIn(await bytes(folder), setting, route),
    changes: async () => undefined,
    close: async () => {},
  };
}

async function gitGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-drill-"));
  const [bare, clone] = [join(folder, "remote.git"), join(folder, "clone")];
  const git = (cwd: string, ...argv: string[]) =>
    execFileSync("git", argv, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  git(folder, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  git(folder, "clone", "--quiet", bare, clone);
  git(clone, "config", "user.name", "drill");
  git(clone, "config", "user.email", "drill@example.com");
  mkdirSync(join(clone, "config"));
  writeFileSync(join(clone, "config", "gateway.yaml"), document());
  git(clone, "add", ".");
  git(clone, "commit", "--quiet", "-m", "Begin");
  git(clone, "push", "--quiet", "origin", "HEAD:main");
  const bytes = async () => git(bare, "show", "main:config/gateway.yaml");
  const count = () => Number(git(bare, "rev-list", "--count", "main"));
  const begun = count();
  return {
    name: "git",
    project: `{ git: { path: "${clone}", branch: main, file: config/gateway.yaml, levers: { ${pointers} } } }`,
    bytes,
    value: async (setting, route) => valueIn(await bytes(), setting, route),
    async set(setting, route, value) {
      git(clone, "pull", "--quiet", "origin", "main");
      const path = join(clone, "config", "gateway.yaml");
      const lines = readFileSync(path, "utf8").split("\n");
      const put = (line: string) => line.replace(new RegExp(`${setting}: [^,} ]+`), `${setting}: ${value}`);
      writeFileSync(path, lines.map((line) => (line.startsWith(`  ${route}:`) ? put(line) : line)).join("\n"));
      git(clone, "commit", "--quiet", "-am", "Put back");
      git(clone, "push", "--quiet", "origin", "HEAD:main");
    },
    changes: async () => count() - begun,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

const keys = (join: string) => settings.map((setting) => `${setting}: "llm${join}{route}${join}${setting}"`).join(", ");
const text = (setting: Turned) => (setting === "model" ? first.model : JSON.stringify(first[setting]));
const meant = (setting: Turned, told: string): unknown => (setting === "model" ? told : JSON.parse(told));

async function etcdGround(): Promise<Ground> {
  const etcd = await startEtcd();
  const [code, plain] = [
    (word: string) => Buffer.from(word).toString("base64"),
    (word: string) => Buffer.from(word, "base64").toString(),
  ];
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${etcd.url}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    return (await answer.json()) as { kvs?: { key: string; value: string; version: string }[] };
  };
  const all = async () => (await call("range", { key: code("llm/"), range_end: code("llm0") })).kvs ?? [];
  for (const route of routes)
    for (const setting of settings)
      await call("put", { key: code(`llm/${route}/${setting}`), value: code(text(setting)) });
  return {
    name: "etcd",
    project: `{ etcd: { url: "${etcd.url}", levers: { ${keys("/")} } } }`,
    bytes: async () => (await all()).map(({ key, value }) => `${plain(key)}=${plain(value)}`).join("\n"),
    async value(setting, route) {
      const found = (await all()).find(({ key }) => plain(key) === `llm/${route}/${setting}`);
      return found === undefined ? undefined : meant(setting, plain(found.value));
    },
    async set(setting, route, value) {
      await call("put", { key: code(`llm/${route}/${setting}`), value: code(String(value)) });
    },
    changes: async () => (await all()).reduce((sum, { version }) => sum + Number(version) - 1, 0),
    close: () => etcd.stop(),
  };
}

async function redisGround(): Promise<Ground> {
  const redis = await startRedis();
  const key = (setting: Turned, route: string) => `llm:${route}:${setting}`;
  const get = (setting: Turned, route: string) => redisCli(redis.url, "GET", key(setting, route)).trimEnd();
  for (const route of routes)
    for (const setting of settings) redisCli(redis.url, "SET", key(setting, route), text(setting));
  redisCli(redis.url, "CONFIG", "RESETSTAT");
  return {
    name: "redis",
    project: `{ redis: { url: "${redis.url}", levers: { ${keys(":")} } } }`,
    bytes: async () =>
      routes.flatMap((route) => settings.map((setting) => `${route} ${setting} ${get(setting, route)}`)).join("\n"),
    value: async (setting, route) => meant(setting, get(setting, route)),
    set: async (setting, route, value) => void redisCli(redis.url, "SET", key(setting, route), String(value)),
    changes: async () => Number(/cmdstat_set:calls=(\d+)/.exec(redisCli(redis.url, "INFO", "commandstats"))?.[1] ?? 0),
    close: () => redis.stop(),
  };
}

async function caddyGround(): Promise<Ground> {
  const handler = (route: string) => ({ "@id": route, handler: "vars", big: 12_345_678, ...first });
  const caddy = await startCaddy({
    http: { servers: { gateway: { listen: [], routes: routes.map((route) => ({ handle: [handler(route)] })) } } },
  });
  const bytes = async () => (await fetch(`${caddy.url}/config/`)).text();
  return {
    name: "caddy",
    project: `{ http: { url: "${caddy.url}", method: POST, levers: { ${settings
      .map((setting) => `${setting}: "/id/{route}/${setting}"`)
      .join(", ")} } } }`,
    bytes,
    async value(setting, route) {
      const found = (await (await fetch(`${caddy.url}/id/${route}`)).json()) as Record<string, unknown>;
      return found[setting];
    },
    async set(setting, route, value) {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: String(value) };
      await fetch(`${caddy.url}/id/${route}/${setting}`, init);
    },
    changes: async () => undefined,
    close: () => caddy.stop(),
  };
}

/** Each by the name of its target. */
export const grounds: Readonly<Record<string, () => Promise<Ground>>> = {
  file: fileGround,
  git: gitGround,
  etcd: etcdGround,
  redis: redisGround,
  caddy: caddyGround,
};
