import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { askOnce, freePort, startProgram } from "./startProgram.ts";

export const caddyIsMissing = spawnSync("caddy", ["version"]).error !== undefined && process.env["CI"] === undefined;

export interface RealCaddy {
  /** of the admin API */
  url: string;
  /** what a route of the gateway answers */
  gateway(route: string): Promise<{ status: number; body: string }>;
  /** the whole configuration as the admin API tells it */
  config(): Promise<string>;
  /** sets what stands at a path, as somebody else */
  post(path: string, value: unknown): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Debian's Caddy on loopback as a gateway: each route has its settings in a `vars` handler, which its answers are made
 * of. Where `enabled` is false, a route answers 503.
 */
export async function startCaddy(routes: Record<string, Record<string, unknown>>): Promise<RealCaddy> {
  const [admin, port] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${admin}`;
  const server = {
    listen: [`127.0.0.1:${port}`],
    automatic_https: { disable: true },
    routes: Object.entries(routes).map(([route, settings]) => routeOf(route, settings)),
  };
  const config = {
    admin: { listen: `127.0.0.1:${admin}`, config: { persist: false } },
    apps: { http: { servers: { gateway: server } } },
  };
  const argv = (folder: string) => {
    writeFileSync(`${folder}/caddy.json`, JSON.stringify(config));
    return ["run", "--config", `${folder}/caddy.json`];
  };
  const program = await startProgram("caddy", argv, async () => (await askOnce(`${url}/config/`)).status === 200);
  return {
    url,
    gateway: (route) => askOnce(`http://127.0.0.1:${port}/v1/${route}/chat/completions`),
    config: async () => (await askOnce(`${url}/config/`)).body,
    async post(path, value) {
      const { status, body } = await askOnce(url + path, "POST", JSON.stringify(value));
      if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    },
    stop: program.stop,
  };
}

function routeOf(route: string, settings: Record<string, unknown>): object {
  const off = { handler: "static_response", status_code: 503, body: `{"error":"${route} is off"}` };
  const on = {
    handler: "static_response",
    status_code: 200,
    headers: { "Content-Type": ["application/json"] },
    body: '{"model":"{http.vars.model}","max_tokens":{http.vars.max_tokens}}',
  };
  const handlers = [
    { handle: [{ "@id": route, handler: "vars", ...settings }] },
    { match: [{ vars: { "{http.vars.enabled}": ["false"] } }], handle: [off], terminal: true },
    { handle: [on] },
  ];
  return { match: [{ path: [`/v1/${route}/*`] }], handle: [{ handler: "subroute", routes: handlers }] };
}
