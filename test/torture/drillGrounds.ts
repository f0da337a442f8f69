import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCaddy } from "../parts/caddy.ts";
import { startEtcd } from "../parts/etcd.ts";
import { startRedis } from "../parts/redis.ts";

export const routes = ["chat.free", "support.reply", "agent"] as const;
/** what every lever holds at first */
export const first = { enabled: true, model: "large", max_tokens: 4096 } as const;
export type Turned = keyof typeof first;
export const settings = Object.keys(first) as Turned[];

/** One real config API, with the levers of every route on it. */
export interface Ground {
  /** name and kind of the target */
  name: string;
  /** its entry in llmops.yaml */
  project: string;
  /** what the program finds around it */
  env?: Record<string, string>;
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
export const text = (setting: Turned) => (setting === "model" ? first.model : JSON.stringify(first[setting]));
export const meant = (setting: Turned, told: string): unknown => (setting === "model" ? told : JSON.parse(told));

async function etcdGround(): Promise<Ground> {
  const etcd = await startEtcd("--log-level=error");
  const key = (setting: Turned, route: string) => `llm/${route}/${setting}`;
  for (const route of routes) for (const setting of settings) await etcd.put(key(setting, route), text(setting));
  const begun = await etcd.revision();
  return {
    name: "etcd",
    project: `{ etcd: { url: "${etcd.url}", levers: { ${keys("/")} } } }`,
    bytes: () => etcd.dump("llm/"),
    async value(setting, route) {
      const found = await etcd.get(key(setting, route));
      return found === undefined ? undefined : meant(setting, found.text);
    },
    set: (setting, route, value) => etcd.put(key(setting, route), String(value)),
    changes: async () => (await etcd.revision()) - begun,
    close: () => etcd.stop(),
  };
}

async function redisGround(): Promise<Ground> {
  const redis = await startRedis();
  const key = (setting: Turned, route: string) => `llm:${route}:${setting}`;
  const get = (setting: Turned, route: string) => redis.cli("GET", key(setting, route));
  for (const route of routes) for (const setting of settings) redis.cli("SET", key(setting, route), text(setting));
  redis.cli("CONFIG", "RESETSTAT");
  return {
    name: "redis",
    project: `{ redis: { url: "${redis.url}", levers: { ${keys(":")} } } }`,
    bytes: async () =>
      routes.flatMap((route) => settings.map((setting) => `${route} ${setting} ${get(setting, route)}`)).join("\n"),
    value: async (setting, route) => meant(setting, get(setting, route)),
    set: async (setting, route, value) => void redis.cli("SET", key(setting, route), String(value)),
    changes: async () => redis.calls("set"),
    close: () => redis.stop(),
  };
}

async function caddyGround(): Promise<Ground> {
  const caddy = await startCaddy(Object.fromEntries(routes.map((route) => [route, { big: 12_345_678, ...first }])));
  return {
    name: "caddy",
    project: `{ http: { url: "${caddy.url}", method: POST, levers: { ${settings
      .map((setting) => `${setting}: "/id/{route}/${setting}"`)
      .join(", ")} } } }`,
    bytes: caddy.config,
    async value(setting, route) {
      const found = (await (await fetch(`${caddy.url}/id/${route}`)).json()) as Record<string, unknown>;
      return found[setting];
    },
    set: (setting, route, value) => caddy.post(`/id/${route}/${setting}`, value),
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
