import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openExec, type Exec } from "../../src/world/exec.ts";
import { fakeWorld, type FakeOptions, type FakeWorld } from "../fake/world.ts";

/** What kube-apiserver 1.20.2 was asked and answered. */
export const recorded = JSON.parse(readFileSync(resolve("test/targets/fixtures/kubernetes.json"), "utf8")) as Record<
  string,
  { method: string; path: string; status: number; body: string }
>;

export const quotas = "/api/v1/namespaces/ai/configmaps/llm-quotas";
export const gateway = "/apis/apps/v1/namespaces/ai/deployments/llm-gateway";

export const hasKubectl = (() => {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
})();

export interface Request {
  method: string;
  /** without its query */
  path: string;
  query: URLSearchParams;
  body: string;
}

/** An API server that keeps what it is given, byte for byte, and answers what the real one answered where it refuses. */
export interface Api {
  /** http://127.0.0.1:PORT */
  url: string;
  /** path → object, as it is live */
  objects: Map<string, string>;
  /** everything that was asked, but for versions */
  asked: Request[];
  /** PUTs that were no dry run */
  writes(): Request[];
  /** what is done instead of answering; undefined: it answers */
  instead: (request: Request, response: ServerResponse, apply: () => void) => boolean | Promise<boolean>;
  /** somebody else writes an object */
  edit(path: string, change: (object: string) => string): void;
  /** answers what was recorded */
  say(name: string, response: ServerResponse): true;
  /** a file that names it as the context lab */
  kubeconfig: string;
  exec: Exec;
  /** a world whose programs are real, and reach this API only */
  world(options?: FakeOptions): FakeWorld;
  /** as if Ctrl-C came */
  interrupt(): void;
  close(): Promise<void>;
}

const versionIn = (text: string) => /"resourceVersion":"(\d+)"/.exec(text)?.[1];
const withVersion = (text: string, version: number) =>
  text.replace(/"resourceVersion":"\d+"/, `"resourceVersion":"${version}"`);

export async function startApi(given: Record<string, string>): Promise<Api> {
  let version = 1000;
  const objects = new Map(Object.entries(given));
  const asked: Request[] = [];
  const json = { "content-type": "application/json" };

  function put(path: string, body: string, dry: boolean): { status: number; body: string } {
    const now = objects.get(path);
    if (now === undefined) return recorded["patch-configmap-missing-404"]!;
    if (versionIn(body) !== versionIn(now)) return recorded["put-configmap-stale-409"]!;
    if (now.includes('"immutable":true')) return recorded["patch-configmap-immutable-422"]!;
    if (dry) return { status: 200, body };
    const text = withVersion(body, ++version);
    objects.set(path, text);
    return { status: 200, body: text };
  }

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => void answer(Buffer.concat(chunks).toString("utf8")));
    const answer = async (body: string) => {
      const url = new URL(incoming.url!, "http://api.test");
      const request = { method: incoming.method!, path: url.pathname, query: url.searchParams, body };
      // some builds of kubectl look for the version that fits the server
      if (request.path === "/version") {
        response.writeHead(200, json).end(recorded["version"]!.body);
        return;
      }
      asked.push(request);
      const dry = request.query.get("dryRun") === "All";
      const apply = () => void put(request.path, body, false);
      if (await api.instead(request, response, apply)) return;
      const found = objects.get(request.path);
      const told =
        request.method === "PUT"
          ? put(request.path, body, dry)
          : found === undefined
            ? recorded["get-configmap-missing-404"]!
            : { status: 200, body: found };
      response.writeHead(told.status, json).end(told.body);
    };
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const folder = mkdtempSync(join(tmpdir(), "llmops-kube-"));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, "config"), JSON.stringify(kubeconfig(at)));
  const left = new AbortController();
  const around = { PATH: process.env["PATH"], HOME: folder, KUBECONFIG: join(folder, "config") };
  const exec = openExec(around, left.signal);
  const api: Api = {
    url: at,
    objects,
    asked,
    writes: () => asked.filter(({ method, query }) => method !== "GET" && query.get("dryRun") === null),
    instead: () => false,
    edit: (path, change) => void objects.set(path, withVersion(change(objects.get(path)!), ++version)),
    say(name, response) {
      response.writeHead(recorded[name]!.status, json).end(recorded[name]!.body);
      return true;
    },
    kubeconfig: join(folder, "config"),
    exec,
    world: (options) => Object.assign(fakeWorld(options), { exec }),
    interrupt: () => left.abort(),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true });
    },
  };
  return api;
}

/** The current context is somebody else's. The other users' credentials cannot be had, each in another way. */
export function kubeconfig(server: string, token = "sk-live-4242424242424242"): object {
  const plugin = (command: string, args: string[] = []) => ({
    exec: { apiVersion: "client.authentication.k8s.io/v1", command, args, interactiveMode: "IfAvailable" },
  });
  const users = {
    me: { token },
    noPlugin: plugin("no-such-login-plugin"),
    expired: plugin("sh", ["-c", "echo your login has expired: run login-to-cloud >&2; exit 3"]),
    waits: plugin("sh", ["-c", "echo to sign in, open https://example.com/device >&2; exec sleep 30"]),
  };
  const cluster = (name: string, url: string) => ({ name, cluster: { server: url } });
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "theirs",
    // a token is sent over plain HTTP; a plugin is asked only where there is TLS
    clusters: [
      cluster("lab", server),
      cluster("theirs", "http://127.0.0.1:1"),
      cluster("tls", server.replace("http", "https")),
    ],
    users: Object.entries(users).map(([name, user]) => ({ name, user })),
    contexts: [
      { name: "lab", context: { cluster: "lab", user: "me" } },
      { name: "theirs", context: { cluster: "theirs", user: "me" } },
      ...["noPlugin", "expired", "waits"].map((user) => ({ name: user, context: { cluster: "tls", user } })),
    ],
  };
}
