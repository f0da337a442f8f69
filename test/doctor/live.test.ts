import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDoctor } from "../../src/session/doctor.ts";
import { runInit } from "../../src/session/init.ts";
import type { Diagnosis } from "../../src/show/diagnosis.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld } from "../fake/world.ts";
import { Exporter, streams } from "../signals/exporters/writer.ts";
import { isMissing, type Daemon } from "../parts/daemon.ts";
import { startPrometheus, startVictoria } from "../parts/metrics.ts";
import { openProduct } from "../triage/place.ts";
import { scraped } from "./place.ts";

const http = openHttp({}, realClock);
const end = Math.floor(Date.now() / 1000 / 60) * 60 - 120;

/** All eight programs, each a job of its own: what a source's match is for. */
function past(): string {
  const lines = scraped.flatMap((one) => {
    const to = new Exporter(one.stack);
    for (const stream of streams) one.write(to, stream);
    one.around?.(to);
    return to.write(end);
  });
  const nameOf = (line: string) => line.slice(0, line.indexOf("{"));
  return `${lines.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0)).join("\n")}\n# EOF\n`;
}

const stores = [
  { name: "a real prometheus", start: startPrometheus, installed: !isMissing("prometheus", "promtool") },
  { name: "a real victoria-metrics", start: startVictoria, installed: !isMissing("victoria-metrics") },
];

for (const { name, start, installed } of stores)
  describe.skipIf(!installed)(`${name}${installed ? "" : " (skipped: not installed)"}`, () => {
    let running: Daemon;
    beforeAll(async () => {
      running = await start(past());
    }, 60_000);
    afterAll(() => running?.stop());

    const worldOf = (files: Record<string, string>) => ({
      ...fakeWorld({ files }),
      clock: realClock,
      http,
    });
    const sourceOf = (stack: string) =>
      `sources: { metrics: { prometheus: { url: "${running.url}", match: { job: ${stack} } } } }\n`;

    it.each(scraped)("$stack is seen among all the others", { timeout: 30_000 }, async ({ stack }) => {
      const world = worldOf({ "llmops.yaml": `stack: ${stack}\n${sourceOf(stack)}` });
      const code = await runDoctor(world, { json: true });
      const found = JSON.parse(world.terminal.output) as Diagnosis;
      expect(found.troubles.filter(({ needed }) => needed)).toEqual([]);
      expect(code).toBe(0);
      expect(found.held[0]).toMatchObject({
        looksLike: [{ stack }, ...found.held[0]!.looksLike.slice(1)],
        yesterday: false,
        lastWeek: false,
      });
      const state = (signal: string) => found.signals.find((one) => one.signal === signal)?.state;
      expect(state("request_rate")).toBe("available");
      const model = found.dimensions.find(({ dimension }) => dimension === "model")!;
      if (stack !== "tgi") expect(model.values).toEqual(expect.arrayContaining(["gpt-4o", "gpt-4o-mini"]));
      expect(Math.abs(found.clocks[0]!.aheadMs)).toBeLessThan(5000);
    });

    it("init recognises one of them by itself", { timeout: 30_000 }, async () => {
      const world = worldOf({});
      expect(await runInit(world, { stack: undefined, prometheus: running.url })).toBe(0);
      const text = await world.files.read("/home/dana/shop/llmops.yaml");
      expect(text).toMatch(new RegExp(`^stack: (${scraped.map(({ stack }) => stack).join("|")})$`, "m"));
      expect(text).toContain(`url: "${running.url}"`);
    });
  });

describe("call records of the sandbox", { timeout: 60_000 }, () => {
  it("answer for themselves", async () => {
    const { world, terminal, clock, close } = await openProduct([]).then((product) => ({
      ...product,
      clock: product.world.clock as ReturnType<typeof fakeWorld>["clock"],
    }));
    try {
      // the records are read on the real disk, while time stands still
      expect(await clock.hold(runDoctor(world, { json: true }))).toBe(0);
      const found = JSON.parse(terminal.output) as Diagnosis;
      expect(found).toMatchObject({ stack: "calls", held: [{ source: "calls", looksLike: [] }] });
      const of = (name: string) => found.dimensions.find(({ dimension }) => dimension === name);
      expect(of("route")).toMatchObject({
        source: "calls",
        label: "route",
        values: expect.arrayContaining(["support.reply"]) as unknown,
      });
      expect(of("user")!.values.length).toBeGreaterThan(3);
      expect(found.places.every(({ ok }) => ok)).toBe(true);
    } finally {
      await close();
    }
  });
});
