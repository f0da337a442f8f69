import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseProject } from "../../src/project.ts";
import { openProbe } from "../../src/probes/openProbe.ts";
import type { Probe } from "../../src/probes/probe.ts";
import { probeSchema } from "../../src/probes/schema.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld, type FakeWorld } from "../fake/world.ts";

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A server on loopback that does what it is told, and keeps what it was sent. */
export async function startGateway(
  answer: (response: ServerResponse, request: Received) => void,
): Promise<{ url: string; received: Received[]; close(): Promise<void> }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (bytes) => (body += String(bytes)));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      received.push({ method, url, headers, body });
      answer(response, received.at(-1)!);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A probe as `llmops.yaml` has it, on a world whose network is the real one. */
export function probeAt(settings: object, env: Record<string, string> = {}): { probe: Probe; world: FakeWorld } {
  const world = fakeWorld({ env });
  const real = { ...world, http: openHttp({}, realClock, new AbortController().signal) };
  return { probe: openProbe("gateway", probeSchema.parse(settings), real, "/home/dana/shop"), world };
}

/** What is wrong with `probes:` as it is written, in the words of the reader. */
export async function mistakes(probe: string): Promise<string[]> {
  const { findings } = await parseProject(`probes: { gateway: ${probe} }\n`, "llmops.yaml");
  return findings.map(({ message }) => message);
}
