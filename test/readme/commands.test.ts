import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import { realClock } from "../../src/world/clock.ts";
import { realFiles } from "../../src/world/files.ts";
import { listen, type Serving } from "../../src/world/server.ts";
import { fakeWorld } from "../fake/world.ts";
import { hasTmux, openShell } from "../world/tmux.ts";
import { emptyFolder, program, read, type } from "./files.ts";
import { passage, rows, shellLines } from "./markdown.ts";

const readme = read("README.md");
const written = [
  ...shellLines(readme),
  ...rows(readme).flatMap(([cell]) => /^`(llmops[^`]*)`$/.exec(cell!)?.slice(1) ?? []),
].filter((line) => line.startsWith("llmops"));

/** The team's own, of the same id as one of ours. */
const runbook = `id: cost-spike
title: Cost spike
class: cost
severity: SEV2
summary: The team's own.
alerts: [TokenCostExplosion]
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - id: cause
    title: What changed?
    ask: { question: What drives the cost?, choices: { inflation: More tokens per call, traffic: More calls } }
  - id: clamp
    title: Clamp output tokens
    when: { cause: inflation }
    mitigate: { do: token-clamp }
`;

const runbookTest = `runbook: cost-spike
tests:
  - name: More tokens are clamped or are not, more calls are not
    scope: { route: support.reply }
    evidence: { burn: unhealthy }
    answers: { cause: [inflation, inflation, inflation, inflation, inflation, traffic] }
    outcomes: { clamp: [unproven, no-effect, not-offered, declined, failed, ~] }
    expect:
      steps: { cause: each, clamp: each }
`;

const alertRules = `groups:
  - name: llm
    rules:
      - alert: TokenCostExplosion
        expr: sum(rate(llm_token_cost_dollars_total[5m])) by (tenant) * 3600 > 20
        for: 5m
`;

describe("the README's commands, where no terminal is", () => {
  const folder = emptyFolder();
  let sandbox: Sandbox;
  let pushgateway: Serving;
  let pushed = "";

  beforeAll(async () => {
    const world = { ...fakeWorld(), clock: realClock, files: realFiles, listen };
    const traffic = { seed: 7, fault: "cost-spike", tickMs: 500, callsPerSecond: 3 } as const;
    sandbox = await startSandbox(world, { folder, ...traffic });
    pushgateway = await listen({ host: "127.0.0.1", port: 0 }, async ({ body }) => {
      pushed = body;
      return { status: 200 };
    });
    // In real time: a short window, and settled at once.
    const project = sandbox.projectText().replace("for: 30m", "for: 30m\n  window: 10s").replace("settles: 5s", "");
    const files = {
      "llmops.yaml": `${project}runbooks: runbooks\nsinks: { metrics: { pushgateway: { url: "${pushgateway.url}" } } }\n`,
      "page.json": JSON.stringify(sandbox.alert),
      "answers.yaml": "cause: inflation\nclamp.route: support.reply\n",
      "no-answers.yaml": "{}\n",
      "runbooks/cost-spike.yaml": runbook,
      "runbooks/cost-spike.test.yaml": runbookTest,
      "rules.yml": alertRules,
      "bin/llmops": `#!/bin/sh\nexec ${program} "$@"\n`,
    };
    for (const name of ["runbooks", "bin"]) mkdirSync(join(folder, name));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o755 });
  });
  afterAll(async () => {
    await sandbox.close();
    await pushgateway.close();
    rmSync(folder, { recursive: true });
  });

  const page = () => readFileSync(join(folder, "page.json"), "utf8");
  const recorded = () => {
    const incidents = join(folder, ".llmops", "incidents");
    return existsSync(incidents) ? readdirSync(incidents).length : 0;
  };
  const live = async () =>
    (await (await fetch(`${sandbox.url}/config/routes/support.reply`)).json()) as Record<string, unknown>;

  const onRoute = "--scope route=support.reply";
  const noTerminal = /there is no terminal/;
  const declined = /not done: token-clamp/;
  const diff = /^- max_tokens {2}4096\n\+ max_tokens {2}512$/m;
  /** In the order of the README; a change that one of them makes is there for the next. */
  const promised: [line: string, code: number, says: RegExp][] = [
    ["llmops", 0, /no incident is open, nothing is changed in production/],
    ["llmops triage", 1, /Answers are longer than usual/],
    ["llmops incident start --alert page.json", 4, noTerminal],
    [`llmops incident start cost-spike ${onRoute}`, 4, noTerminal],
    [`llmops mitigate kill-switch ${onRoute} --reason "unsafe answers"`, 4, noTerminal],
    ["llmops mitigation undo m1", 2, /There is no change "m1"/],
    [`llmops mitigate kill-switch ${onRoute} --reason "unsafe answers" --yes --json`, 0, /"inEffect":{"verdict":"yes"/],
    [`llmops mitigate token-clamp ${onRoute} --with max_tokens=512 --reason "cost" --dry-run`, 0, diff],
    ["llmops triage --json", 1, /"id":"longer-answers"/],
    ["llmops mitigation list --json", 0, /"endsAt":"[^"]+","by":"[^"]+","reason":"unsafe answers"/],
    [`llmops mitigation extend m1 --for 30m --reason "still slow"`, 0, /m1 .*until/],
    ["llmops mitigation audit --format github", 0, /5 routes, no errors/],
    ["llmops watch --once", 0, /^$/],
    ["llmops incident start --alert - --answers answers.yaml", 0, declined],
    ["llmops runbook lint runbooks --format github", 0, /no errors/],
    ["llmops runbook lint --alerts rules.yml", 0, /1 rule file/],
    ["llmops runbook test --coverage --min 80", 0, /1 test, 6 walks/],
    ["llmops metrics --push", 0, /pushed to metrics/],
  ];

  it("are these, and no others", () => expect(written).toEqual(promised.map(([line]) => line)));

  it.each(promised)("%s", { timeout: 180_000 }, async (line, code, says) => {
    const [before, settings] = [recorded(), await live()];
    const { out, err, ...ended } = await type(line, folder, line.includes("--alert -") ? page() : "");
    expect(ended, `${err}${out}`).toEqual({ code });
    expect(`${err}${out}`).toMatch(says);
    if (line.includes("--json")) expect(Object.keys(JSON.parse(out) as object)).not.toContain("error");
    if (line.includes("--dry-run") || code !== 0) expect(recorded()).toBe(before);
    if (line.includes("--push")) expect(pushed).toContain('mitigation="kill-switch"');
    expect(await live()).toEqual(line.includes("--yes") ? { ...settings, enabled: false } : settings);
  });

  it("an undo puts back what the change found", async () => {
    expect((await live())["enabled"]).toBe(false);
    expect((await type("llmops mitigation undo m1 --yes", folder)).code).toBe(0);
    expect((await live())["enabled"]).toBe(true);
  });

  it("a question that the answers do not name ends the walk with 4", async () => {
    const { code, err } = await type("llmops incident start --alert - --answers no-answers.yaml", folder, page());
    expect(err).toContain('cause asks "What drives the cost?" and no answer was given');
    expect(code).toBe(4);
  });

  it("a team's runbook wins over ours of the same id", async () => {
    const { out } = await type("llmops runbook list --json", folder);
    const { runbooks } = JSON.parse(out) as { runbooks: { id: string; file: string }[] };
    const files = runbooks.filter(({ id }) => id === "cost-spike").map(({ file }) => file);
    expect(files).toEqual([join(folder, "runbooks", "cost-spike.yaml")]);
  });
});

describe.skipIf(!hasTmux)(`the README's walk, on a terminal${hasTmux ? "" : " (skipped: no tmux)"}`, () => {
  it("takes its keys at a question, and Ctrl-C leaves what can be resumed", async () => {
    const folder = emptyFolder();
    const start = (command: string) => openShell(() => `sh -c "cd ${folder} && exec ${program} ${command}"`);
    const keys = [...passage(readme, "Every question of a walk takes", /\./).matchAll(/`(.)`/g)].map(([, key]) => key!);
    const screens = [start("incident start cost-spike --scope route=support.reply")];
    try {
      await screens[0]!.shows("? more");
      const offered = screens[0]!.text().split("\n").at(-1)!;
      expect(keys).toHaveLength(5);
      expect(keys.filter((key) => !` ${offered}`.includes(` ${key} `))).toEqual([]);
      screens[0]!.keys("C-c");
      expect((await screens[0]!.ended()).code).toBe(130);
      screens.push(start("incident resume"));
      await screens[1]!.shows("What drives the cost?");
    } finally {
      for (const screen of screens) screen.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
