import { describe, expect, it } from "vitest";
import { findReachable } from "../../src/lint/structure/reach.ts";
import { entriesOf } from "../../src/lint/structure/references.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import { evaluate } from "../../src/steps/condition.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\n";

/** A few numbers that look like chance and are the same every time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

function randomRunbook(seed: number): Runbook {
  const pick = chance(seed * 7919 + 13);
  const ids = [
    ["e0", "healthy", "unhealthy", "no-data"],
    ["e1", "concentrated", "spread"],
  ];
  const atom = () => {
    const [id, ...outcomes] = ids[pick(ids.length)]!;
    const some = outcomes.filter(() => pick(3) === 0);
    return `${id}: [${(some.length > 0 ? some : [outcomes[pick(outcomes.length)]]).join(", ")}]`;
  };
  const unique = (atoms: string[]) => [...new Map(atoms.map((one) => [one.split(":")[0], one])).values()].join(", ");
  const steps = Array.from({ length: 6 }, (_, at) => {
    const any = pick(4) === 0 ? [`any: [{ ${atom()} }, { ${unique([atom(), atom()])} }]`] : [];
    const all = Array.from({ length: pick(4) }, atom);
    const when =
      all.length + any.length === 0
        ? ""
        : `when: { ${[unique(all), ...any].filter((one) => one !== "").join(", ")} }, `;
    const kind = pick(6);
    const body =
      kind === 0
        ? "continue: other"
        : kind < 4
          ? "ask: { question: Why?, choices: { a: A, b: B, c: C } }"
          : "instruct: Do it";
    ids.push([
      `s${at}`,
      ...(kind === 0 ? [] : kind < 4 ? ["a", "b", "c", "skipped"] : ["done", "not-done", "skipped"]),
    ]);
    if (kind === 0) ids.pop();
    return `  - { id: s${at}, title: S, ${when}${body} }`;
  });
  const text = `${head}evidence: { e0: cost_per_hour, e1: { signal: cost_per_hour, by: user } }\nsteps:\n${steps.join("\n")}\n`;
  const { runbook, findings } = parseRunbook(text, "random.yaml");
  expect(findings).toEqual([]);
  return runbook!;
}

/** Walks every way there is, one after the other. */
function walkAll({ steps }: Runbook, entries: ReturnType<typeof entriesOf>): boolean[] {
  const reached = steps.map(() => false);
  const walk = (at: number, known: Map<string, string>): void => {
    const step = steps[at];
    if (step === undefined) return;
    if (step.when !== undefined && !evaluate(step.when, (id) => known.get(id))) return walk(at + 1, known);
    reached[at] = true;
    if (step.kind === "continue") return;
    for (const outcome of entries.get(step.id)!.outcomes) walk(at + 1, new Map([...known, [step.id, outcome]]));
  };
  for (const e0 of entries.get("e0")!.outcomes)
    for (const e1 of entries.get("e1")!.outcomes)
      walk(
        0,
        new Map([
          ["e0", e0],
          ["e1", e1],
        ]),
      );
  return reached;
}

describe("reachability", { timeout: 60_000 }, () => {
  it("says of 150 random runbooks what walking every way says", () => {
    let dead = 0;
    for (let seed = 0; seed < 150; seed++) {
      const runbook = randomRunbook(seed);
      const entries = entriesOf(runbook);
      const walked = walkAll(runbook, entries);
      dead += walked.filter((reached) => !reached).length;
      expect(findReachable(runbook.steps, entries), `seed ${seed}`).toEqual(walked);
    }
    expect(dead).toBeGreaterThan(25);
  });

  it("gives up rather than guess where there are too many ways", () => {
    const asks = Array.from(
      { length: 40 },
      (_, n) => `  - { id: q${n}, title: Q, ask: { question: Q, choices: { a: A, b: B } } }`,
    );
    const all = asks.map((_, n) => `q${n}: a`).join(", ");
    const { runbook } = parseRunbook(
      `${head}steps:\n${asks.join("\n")}\n  - { id: end, title: E, when: { ${all} }, run: it }\n`,
      "many.yaml",
    );
    expect(findReachable(runbook!.steps, entriesOf(runbook!))).toBeUndefined();
  });

  it("knows that what a wait or a verify reads anew may have changed", () => {
    const text = `${head}evidence: { burn: cost_per_hour }
steps:
  - { id: hot, title: Hot, when: { burn: unhealthy }, mitigate: { do: token-clamp, verify: { burn: healthy } } }
  - { id: cold, title: Cold, when: { hot: helped, burn: healthy }, instruct: Good. }
`;
    const { runbook } = parseRunbook(text, "changed.yaml");
    expect(findReachable(runbook!.steps, entriesOf(runbook!))).toEqual([true, true]);
  });
});
