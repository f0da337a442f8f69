import { describe, expect, it } from "vitest";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { fakeWorld } from "../fake/world.ts";
import { scraped, seriesOf, store, told, visit } from "./place.ts";

const gateway = { body: "{}", headers: { etag: '"1"', "content-type": "application/json" }, takesMs: 31 };
const litellm = store(seriesOf(scraped[1]!));

const settings = ["enabled", "model", "max_tokens", "rpm_limit", "cache", "retrieval", "guardrails", "prompt_version"];
const whole = `
stack: litellm
dimensions: { route: key }
sources:
  metrics: { prometheus: { url: "http://m.test:9090" } }
targets:
  gateway:
    http:
      url: "http://gateway.test:8080"
      levers:
${settings.map((name) => `        ${name}: { at: "/routes/{route}", pointer: /${name} }`).join("\n")}
        blocked: { at: /blocked, member: "{user}" }
actions: { terminate-agent-jobs: { command: [./end-jobs] } }
changes: { deploys: { file: { path: changes.jsonl } } }
`;
const hosts = { "m.test:9090": litellm, "gateway.test:8080": gateway };
const files = { "changes.jsonl": "" };

const broken = `
stack: vllm
sources:
  metrics: { prometheus: { url: "http://m.test:9090" } }
  spare: { prometheus: { url: "https://spare.test" } }
  logs: { loki: { url: "http://logs.test:3100", bearer: { env: LOKI_TOKEN } } }
targets: { gateway: { http: { url: "http://gateway.test:8080", levers: { enabled: "/routes/{route}" } } } }
runbooks: runbooks
`;
const odd = `
id: odd
title: Odd
class: quality
severity: SEV3
summary: Something is odd.
owner: search
reviewed: 2026-03-01
evidence: { words: format_failure_rate, mine: { logql: 'sum(rate({app="x"}[5m]))' } }
steps:
  - { id: off, title: Turn it off, mitigate: { do: kill-switch } }
  - { id: jobs, title: End the jobs, run: end-odd-jobs }
`;
const sick = {
  "m.test:9090": store(seriesOf(scraped[1]!), 0.5, { headers: { date: "Sat, 21 Nov 2026 03:09:34 GMT" } }),
  "spare.test": { failed: "the certificate of spare.test is self-signed: name its CA file if you trust it" },
  "gateway.test:8080": { status: 401, body: "who are you?" },
};

describe("the doctor's screen", () => {
  it("of a place where all is there", async () => {
    const { code, screen } = await visit(whole, hosts, { files });
    expect(code).toBe(0);
    await expect(screen).toMatchFileSnapshot("screens/well.txt");
  });

  it.each([80, 40])("of one where much is wrong, %i columns wide", async (columns) => {
    const { code, screen } = await visit(broken, sick, {
      columns,
      files: { "runbooks/odd.yaml": odd, "runbooks/torn.yaml": "id: [" },
    });
    expect(code).toBe(1);
    await expect(screen).toMatchFileSnapshot(`screens/ill.${columns}.txt`);
    for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
  });

  it("stays one screen, whatever is wrong, and says how much is left out", async () => {
    const many = Array.from(
      { length: 40 },
      (_, i) => `  s${i}: { prometheus: { url: "http://dead.test:${9000 + i}" } }`,
    );
    const dead = Object.fromEntries(many.map((_, i) => [`dead.test:${9000 + i}`, { failed: "nothing listens there" }]));
    const { screen } = await visit(`stack: vllm\nsources:\n${many.join("\n")}\n`, dead);
    const lines = screen.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    const shown = lines.filter((line) => line.startsWith("!")).length;
    expect(shown).toBeGreaterThan(10);
    // and that there is no target
    expect(screen).toContain(`and ${40 + 1 - shown} more: llmops doctor --json`);
  });

  it("in ASCII", async () => {
    const { screen } = await visit(broken, sick, { unicode: false });
    // oxlint-disable-next-line no-control-regex
    expect(screen).toMatch(/^[\u0000-\u007f]*$/);
  });
});

describe("--json", () => {
  it("is one object with all of it", async () => {
    const found = await told(whole, hosts, { files });
    expect(Object.keys(found)).toEqual([
      "code",
      "fine",
      "file",
      "stack",
      "troubles",
      "places",
      "held",
      "signals",
      "dimensions",
      "clocks",
      "runbooks",
    ]);
    expect(found).toMatchObject({ fine: true, file: "llmops.yaml", stack: "litellm", clocks: [] });
    expect(found.places).toEqual([
      { section: "sources", name: "metrics", kind: "prometheus", ok: true, say: "12 ms", ms: 12 },
      { section: "targets", name: "gateway", kind: "http", ok: true, say: expect.any(String) as string, ms: 31 },
      { section: "changes", name: "deploys", kind: "file", ok: true, say: "0 changes", ms: 0 },
    ]);
    expect(found.runbooks.notOffered.map(({ needs }) => needs)).toEqual(["max_retries", "trace_sample_rate"]);
  });
});

describe("runbooks", () => {
  it("due for review, with what is not offered and what nobody measures", async () => {
    const { runbooks } = await told(broken, sick, {
      files: { "runbooks/odd.yaml": odd, "runbooks/torn.yaml": "id: [" },
    });
    expect(runbooks.due).toEqual([{ id: "odd", reviewed: "2026-03-01", owner: "search" }]);
    expect(runbooks.broken).toEqual(["/home/dana/shop/runbooks/torn.yaml"]);
    expect(runbooks.notOffered).toContainEqual({
      what: "run end-odd-jobs",
      needs: "actions: end-odd-jobs",
      runbooks: ["odd"],
    });
    // kill-switch is offered by the one lever there is
    expect(runbooks.notOffered.map(({ what }) => what)).not.toContain("kill-switch");
    expect(runbooks.notOffered).toContainEqual(
      expect.objectContaining({
        what: "token-clamp",
        needs: "max_tokens",
        runbooks: expect.arrayContaining(["cost-spike"]) as unknown,
      }),
    );
    const unmeasured = runbooks.unmeasured.find(({ what }) => what === "format_failure_rate");
    expect(unmeasured).toMatchObject({
      runbooks: expect.arrayContaining(["odd"]) as unknown,
      why: expect.stringMatching(/instead: logs/) as string,
    });
  });
});

describe("llmops doctor", () => {
  const doctor = async (world: ReturnType<typeof fakeWorld>, ...more: string[]) => {
    const asked = parse(["doctor", ...more]);
    if ("print" in asked) throw new Error(asked.print);
    return run(asked, world);
  };

  it("without a project says so", async () => {
    const world = fakeWorld({});
    expect(await doctor(world)).toBe(1);
    expect(world.terminal.screen).toMatch(
      /There is no llmops\.yaml in \/home\/dana\/shop or above it\.[^]*next: +llmops init/,
    );
    const json = fakeWorld({});
    expect(await doctor(json, "--json")).toBe(1);
    expect(JSON.parse(json.terminal.output)).toMatchObject({ error: { next: "llmops init", code: 1 } });
  });

  it("with one that cannot be read is 2, and names the place", async () => {
    const world = fakeWorld({ files: { "llmops.yaml": "stack: vllm\nsourcs: {}\n" } });
    expect(await doctor(world)).toBe(2);
    expect(world.terminal.screen).toContain("llmops.yaml:2:1");
  });

  it("with an empty one has nothing to read from", async () => {
    const { code, screen } = await visit("", {});
    expect(code).toBe(1);
    expect(screen).toContain(
      "! no source is named: nothing can be measured\n    add one under sources: in llmops.yaml",
    );
  });
});
