import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openPlace, projectOn, type Ended, type Place } from "../torture/place.ts";

const noProc = !existsSync("/proc/self/status") && process.env["CI"] === undefined;
const mostMiB = 300;

let place: Place | undefined;
const servers: Server[] = [];
afterEach(async () => {
  place?.remove();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs the program and watches the most memory it ever had. */
async function weigh(argv: string[]): Promise<Ended & { mib: number }> {
  const { child, ended } = place!.start(argv);
  let mib = 0;
  const look = setInterval(() => {
    try {
      const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      mib = Math.max(mib, Number(kib ?? 0) / 1024);
    } catch {
      clearInterval(look);
    }
  }, 10);
  const end = await ended;
  clearInterval(look);
  return { ...end, mib };
}

const clamp = "mitigate token-clamp --scope route=support.reply --reason test --yes --wait none".split(" ");

describe.skipIf(noProc)(`I6, G05: memory under ${mostMiB} MiB${noProc ? " (skipped: no /proc)" : ""}`, () => {
  it("a config API that answers 500 MB is told in words, and nothing is written", async () => {
    let [writes, poured] = [0, 0];
    const url = await serve((request, response) => {
      if (request.method !== "GET") writes++;
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(1 << 20, " ");
      const more = () => {
        while (poured < 500 << 20 && !response.destroyed) {
          poured += chunk.length;
          if (!response.write(chunk)) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    });
    place = openPlace(projectOn(url));
    const { code, stderr, mib } = await weigh(clamp);
    expect(stderr).toMatch(/larger\s+than\s+1\s+MiB/);
    expect(stderr).toMatch(/production changed: +no/);
    expect(code).toBe(3);
    expect(writes).toBe(0);
    expect(poured).toBeLessThan(50 << 20);
    expect(mib).toBeGreaterThan(20);
    expect(mib).toBeLessThan(mostMiB);
  }, 60_000);

  it.each<[string, number, number]>([
    ["10,000 series", 10_000, 5],
    ["11,000 points of 12 series", 12, 11_000],
  ])(
    "a Prometheus that answers %s to every question",
    async (_, series, points) => {
      const made = new Map<number, string>();
      const answer = (end: number) => {
        const times = Array.from({ length: points }, (_, i) => end - (points - 1 - i) * 15);
        const values = times.map((at, i) => `[${at},"${i}.5"]`).join(",");
        const rows = Array.from({ length: series }, (_, i) => `{"metric":{"route":"r${i}"},"values":[${values}]}`);
        return `{"status":"success","data":{"resultType":"matrix","result":[${rows.join(",")}]}}`;
      };
      const url = await serve((request, response) => {
        let form = "";
        request.on("data", (chunk: Buffer) => (form += chunk.toString()));
        request.on("end", () => {
          const given = new URLSearchParams(form);
          const end = Number(given.get("end") ?? given.get("time"));
          const text = made.get(end) ?? answer(end);
          made.set(end, text);
          response.writeHead(200, { "content-type": "application/json" }).end(text);
        });
      });
      place = openPlace(`stack: seed\nsources: { metrics: { prometheus: { url: "${url}" } } }\n`);
      writeFileSync(join(place.folder, "answers.yaml"), "cause: nothing\n");
      const { code, stderr, mib } = await weigh(["incident", "start", "cost-spike", "--answers", "answers.yaml"]);
      expect(stderr).toContain("What drives the cost?");
      expect(stderr).toMatch(/burn +(cost per hour +)?\$/);
      expect(code).toBe(0);
      expect(mib).toBeLessThan(mostMiB);
    },
    60_000,
  );
});
