import { describe, expect, it } from "vitest";
import { run } from "../../src/run.ts";
import { parse } from "../../src/program.ts";
import type { Asked } from "../../src/commands/command.ts";
import { width } from "../../src/show/width.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";
import { answerFrom, project, type Store } from "./metrics.ts";

/** Costs fell on one tenant ten minutes ago; errors are as they always are. */
const store: Store = (query, at) => {
  const late = at > Date.parse("2026-11-21T03:02:00Z");
  if (query.includes("cost") && query.includes("by (tenant)"))
    return [
      { labels: { tenant: "acme" }, value: late ? 90 : 5 },
      ...Array.from({ length: 30 }, (_, i) => ({ labels: { tenant: `t-${i}` }, value: i / 10 })),
    ];
  if (query.includes("cost")) return [{ value: (late ? 131.2 : 14) / (query.includes("/ ") ? 14_000 : 1) }];
  if (query.includes("cache") || query.includes("hallucination")) return [{ value: 0.04 }];
  if (query.includes("retries")) return [{ value: 1.02 }];
  if (query.includes("errors") || query.includes("status=")) return [{ value: 0.02 }];
  return query.includes("llm_requests_total") ? [{ value: 4 }] : undefined;
};

async function llmops(line: string, more: FakeOptions = {}) {
  const world = fakeWorld({
    files: { "llmops.yaml": project },
    routes: (request) => answerFrom(store, request),
    ...more,
  });
  const code = await run(parse(line.split(" ")) as Exclude<Asked, { print: string }>, world);
  world.verify();
  return { code, out: world.terminal.output, err: world.terminal.screen, world };
}

describe("llmops signal", () => {
  it.each([80, 40])("shows all that is measured, by layer, in %i columns", async (columns) => {
    const { code, out, err } = await llmops("signal", { columns });
    expect([code, err]).toEqual([0, ""]);
    await expect(out).toMatchFileSnapshot(`all.${columns}.txt`);
    for (const line of out.split("\n")) expect(width(line)).toBeLessThanOrEqual(columns);
  });

  it("reads in ASCII, and means the same without colour", async () => {
    const { out } = await llmops("signal", { unicode: false });
    // oxlint-disable-next-line no-control-regex
    expect(out).toMatch(/^[\x00-\x7f]*$/);
    await expect(out).toMatchFileSnapshot("all.ascii.txt");
    const [plain, coloured] = [await llmops("signal"), await llmops("signal", { colour: true })];
    expect(coloured.out).toContain("<red>!</red>");
    expect(coloured.out.replaceAll(/<\/?\w+>/g, "")).toBe(plain.out);
  });

  it.each([80, 40])("splits, with the share of each part, in %i columns", async (columns) => {
    const { code, out } = await llmops("signal cost_per_hour --by tenant", { columns });
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(`by.${columns}.txt`);
    for (const line of out.split("\n")) expect(width(line)).toBeLessThanOrEqual(columns);
  });

  it("judges each part of a ratio", async () => {
    const ratios: Store = (query) =>
      query.includes("by (tenant)")
        ? [
            { labels: { tenant: "acme" }, value: 0.3 },
            { labels: { tenant: "globex" }, value: 0.01 },
          ]
        : [{ value: 0.02 }];
    const { out } = await llmops("signal error_rate --by tenant", { routes: (r) => answerFrom(ratios, r) });
    expect(out).toMatch(/^! 30%  unhealthy  acme$/m);
    expect(out).toMatch(/^ {3}1%  healthy {4}globex$/m);
  });

  it("says what cannot be narrowed or split, and what nothing computes, with what to look at instead", async () => {
    const { code, out } = await llmops("signal cost_per_hour kv_cache_usage rate_429 --by user");
    expect(code).toBe(3);
    const told = out.replaceAll(/\s+/g, " ");
    expect(told).toContain(
      "? cost_per_hour cannot be split by user: llm_token_cost_dollars has no label for user on stack seed",
    );
    expect(told).toContain("? rate_429 is not available on stack seed; instead: call records");
    const narrowed = await llmops("signal cost_per_hour error_rate --scope region=eu");
    expect(narrowed.out.replaceAll(/\s+/g, " ")).toContain("cannot be narrowed to region eu:");
  });

  it("narrows, and takes another window", async () => {
    const { code, world } = await llmops("signal cost_per_hour --scope tenant=acme --window 10m");
    expect(code).toBe(0);
    const bodies = world.requests.map(({ body }) => new URLSearchParams(body).get("query"));
    expect(bodies).not.toEqual([]);
    for (const query of bodies) expect(query).toMatch(/tenant="acme".*\[10m\]/s);
  });

  it.each([
    ["signal error_rat", 'There is no signal "error_rat", did you mean error_rate?'],
    ["signal error_rate --by rout", '--by: there is no dimension "rout", did you mean route?'],
    ["signal --by route", "--by splits signals that are named."],
    ["signal --window soon", "--window soon is no duration."],
    ["signal --scope rout=x", 'there is no dimension "rout", did you mean route?'],
  ])("%s is a wrong use", async (line, what) => {
    const { code, err, out, world } = await llmops(line);
    expect([code, out, world.requests]).toEqual([2, "", []]);
    expect(err.replaceAll(/\s+/g, " ")).toContain(what);
  });

  it("says that nothing could be read, and why once", async () => {
    const { code, out } = await llmops("signal", { routes: () => ({ failed: "nothing listens on metrics.test" }) });
    expect(code).toBe(3);
    expect(out.replaceAll(/\s+/g, " ").match(/nothing listens on metrics\.test/g)).toHaveLength(1);
    expect(out).toContain("cost_per_hour");
    const none = await llmops("signal", { files: { "llmops.yaml": "stack: seed\n" } });
    expect([none.code, none.err]).toEqual([3, expect.stringContaining("names no source")]);
  });

  it("shows a value of which nothing usual is known", async () => {
    const fresh: Store = (_, at) => (at > Date.parse("2026-11-21T03:11:00Z") ? [{ value: 0.5 }] : undefined);
    const { code, out } = await llmops("signal hallucination_rate cache_hit_rate", {
      routes: (r) => answerFrom(fresh, r),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^\? {3}cache_hit_rate +50% +unknown/m);
  });

  it("tells programs everything in one object", async () => {
    const { code, out } = await llmops("signal cost_per_hour rate_429 --json --by tenant");
    expect(code).toBe(0);
    const told = JSON.parse(out) as { measurements: Record<string, unknown>[] };
    expect(told).toMatchObject({ at: "2026-11-21T03:12:04.000Z", scope: {}, windowMs: 300_000, unmeasured: [] });
    expect(told.measurements).toMatchObject([
      { id: "cost_per_hour", signal: "cost_per_hour", value: 131.2, verdict: "unhealthy", partCount: 31 },
      { id: "rate_429", verdict: "no-data", source: "" },
    ]);
  });

  it("J01: whatever a label holds stays one harmless line", async () => {
    const evil = 'x\u001b[2J\u001b]0;owned\u0007\n! cost $0 "} or vector(1)\u202e';
    const hostile: Store = (query) =>
      query.includes("by (tenant)")
        ? [
            { labels: { tenant: evil }, value: 5 },
            { labels: { tenant: "acme" }, value: 1 },
          ]
        : [{ value: 5 }];
    for (const flags of ["", " --watch"]) {
      const { out, err } = await llmops(`signal cost_per_hour --by tenant${flags}`, {
        routes: (r) => answerFrom(hostile, r),
        ...(flags === "" ? {} : { typed: [{ board: "share", press: "q" }] }),
      });
      // oxlint-disable-next-line no-control-regex
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain("\\u001b[2J");
      expect(out).not.toMatch(/^! cost/m);
    }
  });
});

describe("llmops signal --watch", () => {
  it("shows no secret, wherever the page breaks it", async () => {
    const token = `tok-${"s3cret".repeat(16)}`;
    const spelt: Store = (query) => [
      query.includes("by (tenant)") ? { labels: { tenant: token }, value: 5 } : { value: 5 },
    ];
    const { out, err } = await llmops("signal cost_per_hour --by tenant --watch", {
      files: { "llmops.yaml": project.replace("deadline: 1s", "deadline: 1s, bearer: { env: TOKEN }") },
      env: { TOKEN: token },
      routes: (r) => answerFrom(spelt, r),
      typed: [{ board: "share", press: "q" }],
    });
    expect(err).toContain("share");
    expect((out + err).replaceAll(/\s/g, "")).not.toContain("s3crets3cret");
  });

  const minutes = (text: string) => [...text.matchAll(/to (\d\d:\d\d:\d\d) UTC/g)].map(([, time]) => time);

  it("redraws every tenth of the window until q, and leaves what it showed last", async () => {
    const { code, out, err } = await llmops("signal cost_per_hour --watch", {
      typed: [{ board: "to 03:13:04 UTC", press: "q" }],
    });
    expect(code).toBe(0);
    expect(minutes(err)).toEqual(["03:12:04", "03:12:34", "03:13:04"]);
    expect(err).toContain("Read every 30s; q leaves.");
    expect(minutes(out)).toEqual(["03:13:04"]);
  });

  it("reads no more often than every two seconds", async () => {
    const { err } = await llmops("signal cost_per_hour --watch --window 15s", {
      typed: [{ board: "to 03:12:06 UTC", press: "q" }],
    });
    expect(minutes(err)).toEqual(["03:12:04", "03:12:06"]);
  });

  it("is interrupted by Ctrl-C", async () => {
    const { code, err } = await llmops("signal cost_per_hour --watch", {
      typed: [{ board: "UTC", press: "ctrl-c" }],
    });
    expect(code).toBe(130);
    expect(err).toContain("It changed nothing in production.");
  });

  it("says a wrong use before any page", async () => {
    const { code, err } = await llmops("signal error_rat --watch", { typed: [{ board: "Reading", press: "q" }] }).catch(
      (thrown: Error) => ({ code: -1, err: thrown.message }),
    );
    expect([code, err]).toEqual([2, expect.stringContaining("did you mean error_rate?")]);
  });

  /** Interrupted after so many seconds; there is no terminal. */
  async function lines(line: string, seconds: number) {
    const world = fakeWorld({
      files: { "llmops.yaml": project },
      routes: (request) =>
        answerFrom(
          (query, at) =>
            query.includes("cost") ? [{ value: at > Date.parse("2026-11-21T03:12:50Z") ? 90 : 14 }] : store(query, at),
          request,
        ),
    });
    void world.clock.sleep(seconds * 1000).then(() => world.interrupt());
    const code = await run(parse(line.split(" ")) as Exclude<Asked, { print: string }>, world);
    return { code, out: world.terminal.output };
  }

  it("prints a line for each change where nothing can be redrawn", async () => {
    const { code, out } = await lines("signal cost_per_hour request_rate --watch", 125);
    expect(code).toBe(130);
    expect(out).toBe(
      [
        "03:12:04   cost_per_hour  $14, usual $11-17 ×1.0",
        "03:12:04   request_rate  4, usual 3.2-4.8 ×1.0",
        "03:13:04 ! cost_per_hour  $90, usual $11-17 ×6.4",
        "",
      ].join("\n"),
    );
  });

  it("gives programs an object for each round", async () => {
    const { out } = await lines("signal cost_per_hour --watch --json", 65);
    const told = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { at: string; error?: object });
    expect(told.slice(0, -1).map(({ at }) => at.slice(11, 19))).toEqual(["03:12:04", "03:12:34", "03:13:04"]);
    expect(told.at(-1)).toMatchObject({ error: { what: "interrupted", code: 130 } });
  });
});
