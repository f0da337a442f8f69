import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** As API v2 takes it. */
export interface Posted {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  startsAt?: string;
  endsAt?: string;
  generatorURL?: string;
}

export interface Alertmanager {
  post(alerts: Posted[]): Promise<void>;
  /** the bytes of the first webhook of this receiver, sent or still to come, that fits */
  webhook(receiver: "whole" | "two", fits: (text: string) => boolean): Promise<string>;
  /** what `GET /api/v2/alerts` answers about the alerts with this label */
  list(name: string, value: string): Promise<string>;
  silence(name: string, value: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Debian's Alertmanager on loopback, with two webhooks for every group: `whole`, and `two`, which tells of two alerts
 * at most. What has the same `group` and name is one group.
 */
export async function startAlertmanager(): Promise<Alertmanager> {
  const got: { receiver: string; text: string }[] = [];
  const sink = await listen(got);
  const hook = `http://127.0.0.1:${portOf(sink)}`;
  const folder = mkdtempSync(join(tmpdir(), "llmops-alertmanager-"));
  const config = join(folder, "alertmanager.yml");
  writeFileSync(
    config,
    `route:
  receiver: whole
  group_by: [group]
  group_wait: 200ms
  group_interval: 1s
  routes:
    - { receiver: whole, continue: true }
    - { receiver: two }
receivers:
  - { name: whole, webhook_configs: [{ url: "${hook}/whole" }] }
  - { name: two, webhook_configs: [{ url: "${hook}/two", max_alerts: 2 }] }
`,
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    "prometheus-alertmanager",
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (bytes) => (log = (log + String(bytes)).slice(-4000)));
  child.on("error", (error) => (log += error.message));

  const ask = async (path: string, body?: unknown): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const sent = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, sent);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  };
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    sink.closeAllConnections();
    await new Promise((closed) => sink.close(closed));
    rmSync(folder, { recursive: true, force: true });
  };
  const until = async <T>(look: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> => {
    for (let i = 0; i < 150 && child.pid !== undefined && child.exitCode === null; i++) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(100);
    }
    throw new Error(`${what}: ${log}`);
  };
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  try {
    await until(isReady, "prometheus-alertmanager did not become ready (is it installed?)");
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    post: async (alerts) => void (await ask("/api/v2/alerts", alerts)),
    webhook: (receiver, fits) =>
      until(
        () => got.find((one) => one.receiver === receiver && fits(one.text))?.text,
        `no such webhook came to ${receiver}`,
      ),
    list: (name, value) => ask(`/api/v2/alerts?filter=${encodeURIComponent(`${name}=${JSON.stringify(value)}`)}`),
    silence: async (name, value) => {
      const [startsAt, endsAt] = [Date.now(), Date.now() + 600_000].map((at) => new Date(at).toISOString());
      const matchers = [{ name, value, isRegex: false, isEqual: true }];
      await ask("/api/v2/silences", { matchers, startsAt, endsAt, createdBy: "dana", comment: "seen" });
    },
    stop,
  };
}

/** Keeps what comes, by the path it came to. */
async function listen(got: { receiver: string; text: string }[]): Promise<Server> {
  const server = createServer((request, response) => {
    const bytes: Buffer[] = [];
    request.on("data", (some: Buffer) => bytes.push(some));
    request.on("end", () => {
      got.push({ receiver: request.url!.slice(1), text: Buffer.concat(bytes).toString("utf8") });
      response.end();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
