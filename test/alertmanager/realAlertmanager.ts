import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startDaemon } from "../parts/daemon.ts";

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
  const config = `route:
  receiver: whole
  group_by: [group]
  group_wait: 200ms
  group_interval: 1s
  routes:
    - { receiver: whole, continue: true }
    - { receiver: two }
receivers:
  - { name: whole, webhook_configs: [{ url: "${hook}/whole" }] }
  - { name: two, webhook_configs: [{ url: "${hook}/two", max_alerts: 2 }] }`;
  const daemon = await startDaemon(
    "prometheus-alertmanager",
    ({ folder, ports: [port] }) => {
      writeFileSync(`${folder}/alertmanager.yml`, config);
      const argv = [
        "--config.file=alertmanager.yml",
        "--storage.path=data",
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
      ];
      return { url: `http://127.0.0.1:${port}`, argv };
    },
    async (at) => (await fetch(`${at}/-/ready`)).ok,
  ).catch((thrown: unknown) => {
    sink.close();
    throw thrown;
  });
  const { url } = daemon;

  const ask = async (path: string, body?: unknown): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const sent = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, sent);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  };
  const stop = async () => {
    await daemon.stop();
    sink.closeAllConnections();
    await new Promise((closed) => sink.close(closed));
  };
  const until = async <T>(look: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> => {
    for (let i = 0; i < 150; i++) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(100);
    }
    throw new Error(`${what}: ${daemon.log()}`);
  };
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

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
