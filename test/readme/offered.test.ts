import { describe, expect, it } from "vitest";
import { read } from "./files.ts";
import { passage, rows } from "./markdown.ts";

const readme = read("README.md");
const said = passage(readme, "### What is offered where", /\n## /);
const told = rows(said);
const matrix = rows(read("test/MATRIX.md"));
const headOf = (text: string) =>
  /^\|.*\|$/m
    .exec(text)![0]
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const [head, targetsIn] = [headOf(said), headOf(read("test/MATRIX.md"))];

/** The README's row → the mitigations it is about. */
const kinds: Record<string, string[]> = {
  "kill switch": ["kill-switch"],
  "disable a tool": ["disable-tool"],
  "clamp tokens": ["token-clamp"],
  "switch the model": ["model-switch"],
  "switch the provider": ["provider-failover"],
  "cap retries": ["retry-cap"],
  "circuit breaker": ["circuit-breaker"],
  "rate limit": ["rate-limit"],
  "block a user or tenant": ["block"],
  "patch the system prompt": ["prompt-guard"],
  "patch a guardrail": ["guardrail"],
  "turn a cache on": ["cache"],
  "freeze deployments": ["deploy-freeze"],
  "trace all calls": ["trace-sampling"],
  "degrade retrieval": ["retrieval"],
};
/** The README's column → the kinds of target that it stands for. */
const columns: Record<string, string[]> = {
  LiteLLM: ["litellm"],
  flags: ["unleash"],
  "key-value": ["consul", "etcd", "redis"],
  Kubernetes: ["kubernetes"],
  GitOps: ["git"],
};

describe("what the README says is offered where", () => {
  it("has every cell filled, and a reason for every letter", () => {
    const letters = new Set(told.flatMap((row) => row.slice(1).filter((cell) => /^[a-z]$/.test(cell))));
    expect(told.map((row) => row.length)).toEqual(Array(18).fill(head.length));
    expect(told.flat().filter((cell) => cell === "")).toEqual([]);
    const reasons = passage(readme, "\na: its API has it", /\n## /).replaceAll("\n", " ");
    expect([...letters].filter((letter) => letter !== "a" && !reasons.includes(` ${letter}: `)).sort()).toEqual([]);
  });

  it.each(Object.entries(kinds))("%s: ✓ is what the matrix proves, and nothing else is", (name, mitigations) => {
    const row = told.find(([first]) => first === name)!;
    for (const [column, targets] of Object.entries(columns)) {
      const proven = mitigations.every((kind) =>
        targets.every((target) => {
          const at = targetsIn.indexOf(target);
          return matrix.find(([first]) => first === `\`${kind}\``)?.[at] === "yes";
        }),
      );
      expect([column, row[head.indexOf(column)]!.startsWith("✓")]).toEqual([column, proven]);
    }
  });
});
