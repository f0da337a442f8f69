import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Program {
  /** its own, removed with it */
  folder: string;
  stop(): Promise<void>;
}

/** Starts a real server with a folder of its own; ready when `isReady` says so. Throws with what it logged. */
export async function startProgram(
  name: string,
  argv: (folder: string) => string[],
  isReady: () => Promise<boolean>,
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), `llmops-${name}-`));
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, LC_ALL: "C.UTF-8" };
  const child = spawn(name, argv(folder), { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (bytes) => (log = (log + String(bytes)).slice(-4000)));
  child.on("error", (error) => (log += error.message));
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 150 && child.exitCode === null; i++) {
    if (await isReady().catch(() => false)) return { folder, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${name} did not become ready (is it installed?): ${log}`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** One request on a connection of its own: a server that starts anew with each change closes those that are kept. */
export async function askOnce(url: string, method = "GET", body?: string): Promise<{ status: number; body: string }> {
  const sent = request(url, { method, agent: false, headers: { "content-type": "application/json" } });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode!, body: Buffer.concat(chunks).toString("utf8") };
}
