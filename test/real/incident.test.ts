import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Event } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import { realClock } from "../../src/world/clock.ts";
import { realFiles } from "../../src/world/files.ts";
import { listen } from "../../src/world/server.ts";
import { fakeWorld } from "../fake/world.ts";
import { isMissing, type Daemon } from "../parts/daemon.ts";
import { startScraping } from "../parts/metrics.ts";
import { hasTmux, openShell, type Screen } from "../world/tmux.ts";
import { verifyChain } from "../timeline/verify.ts";

const bin = fileURLToPath(new URL("../../bin/llmops.js", import.meta.url));

/** Short enough for a scraper in real time: windows of 20 s at one scrape a second. */
const runbook = `
id: spike
title: Cost spike
class: cost
severity: SEV2
summary: Tokens cost far more than usual.
alerts: [TokenCostExplosion]
scope: [tenant]
evidence:
  burn: cost_per_hour
  length: { signal: tokens_out_avg, healthy: "< 800" }
  routes: { signal: cost_per_hour, by: route }
steps:
  - id: cause
    title: What changed?
    ask:
      question: What drives the cost?
      choices: { inflation: More tokens per call, traffic: More calls than usual }
      hint: { inflation: { length: unhealthy } }
  - id: clamp
    title: Clamp output tokens
    when: { cause: inflation }
    mitigate: { do: token-clamp, for: 30m, verify: { length: healthy }, within: 60s }
  - id: calm
    title: Is it over?
    when: { clamp: helped }
    wait: { until: { length: healthy }, within: 60s }
follow_ups: [Give every route a token cap]
`;

interface Place {
  folder: string;
  sandbox: Sandbox;
  store: Daemon;
}

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A sandbox whose fault begins after a few calm seconds, a store that scrapes it, and a project that binds both. */
async function setUp(program: "prometheus" | "victoria-metrics"): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-real-"));
  open.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
  const world = { ...fakeWorld(), clock: realClock, files: realFiles, listen };
  const options = {
    folder,
    seed: 7,
    fault: "cost-spike",
    mode: "metrics",
    startsAgoMs: 0,
    callsPerSecond: 20,
  } as const;
  const sandbox = await startSandbox(world, options);
  open.push(sandbox);
  const store = await startScraping(program, new URL(sandbox.url).host);
  open.push({ close: () => store.stop() });
  const project = sandbox.projectText({ prometheus: store.url }).replace("for: 30m", "for: 30m\n  window: 20s");
  writeFileSync(join(folder, "llmops.yaml"), `${project.replace("settles: 5s", "settles: 2s")}runbooks: runbooks\n`);
  await realFiles.makeFolder(join(folder, "runbooks"));
  writeFileSync(join(folder, "runbooks", "spike.yaml"), runbook);
  writeFileSync(join(folder, "alert.json"), JSON.stringify(sandbox.alert));
  writeFileSync(join(folder, "answers.yaml"), "cause: inflation\nclamp: apply\nclamp.route: support.reply\n");
  await sleep(22_000);
  return { folder, sandbox, store };
}

function timelineIn(folder: string): Event[] {
  const incidents = join(folder, ".llmops", "incidents");
  const [id] = readdirSync(incidents);
  const text = readFileSync(join(incidents, id!, "timeline.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

async function cap({ sandbox }: Place): Promise<unknown> {
  const answer = await fetch(`${sandbox.url}/config/routes/support.reply`);
  return ((await answer.json()) as { max_tokens: number }).max_tokens;
}

function llmops(folder: string, ...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (bytes) => (out += String(bytes)));
    child.stderr.on("data", (bytes) => (err += String(bytes)));
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

describe.skipIf(isMissing("prometheus") || !hasTmux)("a real Prometheus, a real config API, a real terminal", () => {
  it("from page to postmortem, interrupted in the middle and resumed", { timeout: 180_000 }, async () => {
    const place = await setUp("prometheus");
    const { folder } = place;
    const terminal = (command: string): Screen => {
      const screen = openShell(() => `sh -c 'cd ${folder} && exec ${process.execPath} ${bin} ${command}'`, {
        rows: 60,
      });
      open.push(screen);
      return screen;
    };

    const first = terminal("incident start --alert alert.json");
    await first.shows("What drives the cost?", 20);
    expect(first.text()).toMatch(/! length +tokens out per call/);
    first.keys("1");
    await first.shows("route?");
    first.keys("1");
    await first.shows("Type support.reply to apply");
    expect(first.text()).toMatch(/WIDER .*tenant/);
    first.keys("C-c");
    expect((await first.ended()).code).toBe(130);
    expect(await cap(place)).toBe(4096);
    const left = timelineIn(folder);

    const second = terminal("incident resume");
    await second.shows("route?", 20);
    second.keys("1");
    await second.shows("Type support.reply to apply");
    second.keys("support.reply", "Enter");
    await second.shows("in effect", 60);
    await second.shows("helped", 60);
    expect((await second.ended()).code).toBe(0);
    expect(await cap(place)).toBe(512);

    const events = timelineIn(folder);
    expect(events.slice(0, left.length)).toEqual(left);
    expect(verifyChain(events)).toBeUndefined();
    expect(events.filter(({ type }) => type === "intended")).toHaveLength(1);
    const incident = foldIncident(events);
    expect(Object.fromEntries(incident.outcomes)).toMatchObject({ "spike/clamp": "helped", "spike/calm": "reached" });

    expect((await llmops(folder, "mitigation", "undo", "m2", "--yes", "--reason", "prompt is back")).code).toBe(0);
    expect(await cap(place)).toBe(4096);
    expect((await llmops(folder, "incident", "resolve")).code).toBe(0);
    expect((await llmops(folder, "incident", "close")).code).toBe(0);
    const written = await llmops(folder, "postmortem", "-o", "postmortem.md");
    expect(written).toMatchObject({ code: 0, out: "" });
    const markdown = readFileSync(join(folder, "postmortem.md"), "utf8");
    expect(markdown).toContain("`4096` | `512`");
    expect(markdown).toContain("undone");
  });
});

describe.skipIf(isMissing("victoria-metrics"))("VictoriaMetrics in its place", () => {
  it("walks the same from answers, and says it as JSON", { timeout: 180_000 }, async () => {
    const place = await setUp("victoria-metrics");
    const walked = await llmops(
      place.folder,
      "incident",
      "start",
      "--alert",
      "alert.json",
      "--answers",
      "answers.yaml",
      "--json",
    );
    expect(walked.err).toContain("length");
    expect(JSON.parse(walked.out)).toMatchObject({ outcomes: { "spike/clamp": "helped", "spike/calm": "reached" } });
    expect(existsSync(join(place.folder, ".llmops"))).toBe(true);
  });
});
