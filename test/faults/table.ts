import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { rows, type Row } from "./rows.ts";

const file = fileURLToPath(new URL("../FAULTS.md", import.meta.url));

/** What one test says about the faults that its title begins with. */
interface Proof {
  ids: string[];
  title: string;
  where: string;
  state: "passed" | "failed" | "skipped";
}

/**
 * Ends a whole run with the table "fault → test → result" (test/FAULTS.md): written with `LLMOPS_FAULTS=write`, else
 * compared. A fault that must be survived and that nothing proves fails the run, as does a table that is not true any more.
 */
export function faultTable(): Reporter {
  return {
    async onTestRunEnd(modules: readonly TestModule[]) {
      if (!(await isWholeRun(modules))) return;
      const tests = modules.flatMap((it) => [...it.children.allTests()]);
      const proofs = tests.flatMap(proofOf);
      const problems = problemsOf(rows, proofs);
      const text = tableOf(rows, proofs);
      if (process.env["LLMOPS_FAULTS"] === "write") writeFileSync(file, text);
      // Where a real part is missing its tests are skipped: that is told by name, and the table is left to CI.
      else if (proofs.some(({ state }) => state === "skipped") && !process.env["CI"]) return;
      else if (!existsSync(file) || readFileSync(file, "utf8") !== text)
        problems.push("test/FAULTS.md is not what these tests say: npm run faults writes it anew");
      if (problems.length === 0) return;
      process.exitCode = 1;
      process.stdout.write(`\n${problems.map((problem) => `faults: ${problem}`).join("\n")}\n`);
    },
  };
}

/** Only when every test ran can be said what no test proves. */
async function isWholeRun(modules: readonly TestModule[]): Promise<boolean> {
  const project = modules[0]?.project;
  if (project === undefined || project.vitest.config.testNamePattern !== undefined) return false;
  return (await project.globTestFiles()).testFiles.length === modules.length;
}

/** The ids at the start of a title: "A02, F08: a write …". */
export function idsOf(title: string): string[] {
  return /^([A-P]\d\d(?:, [A-P]\d\d)*): /.exec(title)?.[1]?.split(", ") ?? [];
}

function proofOf(test: TestCase): Proof[] {
  const names = test.fullName.split(" > ");
  const ids = names.flatMap(idsOf);
  if (ids.length === 0) return [];
  const state = test.result().state;
  const where = relative(fileURLToPath(new URL("../..", import.meta.url)), test.module.moduleId);
  return [{ ids, title: names.at(-1)!, where, state: state === "pending" ? "skipped" : state }];
}

export function problemsOf(known: readonly Row[], proofs: readonly Proof[]): string[] {
  const strangers = proofs.flatMap(({ ids, where, title }) =>
    ids
      .filter((id) => !known.some((row) => row.id === id))
      .map((id) => `${where} > ${title} names ${id}, which is no fault`),
  );
  const unproven = known.flatMap(({ id, priority, refused }) => {
    const mine = proofs.filter(({ ids }) => ids.includes(id));
    if (refused !== undefined) return mine.length === 0 ? [] : [`${id} is refused, and has a test all the same`];
    return priority === "must" && mine.length === 0 ? [`${id} has no test`] : [];
  });
  return [...strangers, ...unproven];
}

/** Markdown: a fault, the files with the tests that cause it, and what came out. */
export function tableOf(known: readonly Row[], proofs: readonly Proof[]): string {
  const lines = known.map(({ id, priority, fault, refused }) => {
    const mine = proofs.filter(({ ids }) => ids.includes(id));
    const tests = [...new Set(mine.map(({ where }) => `\`${where}\``))].sort();
    return `| ${id} | ${priority} | ${cell(fault)} | ${tests.join("<br>")} | ${resultOf(mine, refused)} |`;
  });
  const refusals = known.filter(({ refused }) => refused !== undefined).length;
  const proven = known.filter(({ id }) => proofs.some(({ ids }) => ids.includes(id))).length;
  return [
    "# Faults, the tests that cause them, and what came out",
    "",
    "Written by `npm run faults` out of the tests whose titles begin with the ids; `npm test` fails when it is not true any more.",
    "",
    `${known.length} faults: ${proven} tested, ${refusals} refused, ${known.length - proven - refusals} not tested.`,
    "",
    "| id | priority | fault | tests | result |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

function resultOf(mine: readonly Proof[], refused: string | undefined): string {
  if (refused !== undefined) return `refused: ${cell(refused)}`;
  if (mine.length === 0) return "not tested";
  const states = new Set(mine.map(({ state }) => state));
  return states.has("failed") ? "fails" : states.has("skipped") ? "skipped" : "passes";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
