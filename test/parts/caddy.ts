import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing, startDaemon } from "./daemon.ts";

export const caddyIsMissing = isMissing("caddy");

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
  let gateway = "";
  const { url, stop } = await startDaemon(
    "caddy",
    ({ folder, ports: [admin, port] }) => {
      gateway = `http://127.0.0.1:${port}`;
      const server = {
        listen: [`127.0.0.1:${port}`],
        automatic_https: { disable: true },
        routes: Object.entries(routes).map(([route, settings]) => routeOf(route, settings)),
      };
      const config = {
        admin: { listen: `127.0.0.1:${admin}`, config: { persist: false } },
        apps: { http: { servers: { gateway: server } } },
      };
      writeFileSync(`${folder}/caddy.json`, JSON.stringify(config));
      return { url: `http://127.0.0.1:${admin}`, argv: ["run", "--config", `${folder}/caddy.json`] };
    },
    async (at) => (await askOnce(`${at}/config/`)).status === 200,
  );
  return {
    url,
    gateway: (route) => askOnce(`${gateway}/v1/${route}/chat/completions`),
    config: async () => (await askOnce(`${url}/config/`)).body,
    async post(path, value) {
      const { status, body } = await askOnce(url + path, "POST", JSON.stringify(value));
      if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
      // The admin API of before goes a moment later, and takes connections with it that are opened meanwhile.
      for (let answered = 0; answered < 3;) {
        await delay(20);
        answered = await askOnce(`${url}/config/`).then(
          () => answered + 1,
          () => 0,
        );
      }
    },
    stop,
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

/** One request on a connection of its own: a server that starts anew with each change closes those that are kept. */
async function askOnce(url: string, method = "GET", body?: string): Promise<{ status: number; body: string }> {
  const sent = request(url, { method, agent: false, headers: { "content-type": "application/json" } });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode!, body: Buffer.concat(chunks).toString("utf8") };
}
