import type { Runbook } from "../runbook/runbook.ts";
import type { Condition } from "../steps/condition.ts";
import type { Step } from "../steps/step.ts";
import type { Arrow, Node } from "./mermaid.ts";
import { endsOf, sayEnds } from "./runbookWords.ts";

/** The walk as a tree: steps, and what leads to each. Evidence is there where it decides by itself. */
export function treeOf(runbook: Runbook): { nodes: Node[]; arrows: Arrow[] } {
  const ends = endsOf(runbook);
  const place = new Map(runbook.steps.map(({ id }, index) => [id, index]));
  const named = new Map<string, Node>();
  const arrows = new Map<string, Arrow>();
  const draw = (from: string, to: string, says: string) => {
    const twin = arrows.get(`${from} ${to}`);
    const both = twin === undefined || twin.says === says ? says : `${twin.says}, or ${says}`;
    arrows.set(`${from} ${to}`, { from, to, says: both });
  };
  const evidence = (id: string) => {
    if (!named.has(id)) named.set(id, { id: `e${named.size + 1}`, lines: [id], shape: "evidence" });
    return named.get(id)!.id;
  };

  /** `when` → the last step that it leads to: those of one condition follow one another */
  const chains = new Map<string, string>();
  for (const [index, step] of runbook.steps.entries()) {
    const to = stepId(index);
    const key = JSON.stringify(step.when ?? null);
    const before = chains.get(key);
    if (before !== undefined) draw(before, to, "");
    else
      for (const entries of alternatives(step.when)) {
        const decides = entries.reduce((a, b) => ((place.get(b.id) ?? -1) > (place.get(a.id) ?? -1) ? b : a));
        const others = entries.filter((one) => one !== decides).map(({ id, outcomes }) => sayEnds(id, outcomes, ends));
        const at = place.get(decides.id);
        const says = sayEnds("", decides.outcomes, ends, decides.id);
        draw(at === undefined ? evidence(decides.id) : stepId(at), to, [says, ...others].join(", and "));
      }
    if (step.kind !== "continue") chains.set(key, to);
  }
  const steps = runbook.steps.map((step, index) => nodeOf(step, stepId(index)));
  return { nodes: [...named.values(), ...steps], arrows: [...arrows.values()] };
}

type Entries = Condition["all"];

/** The ways in which a condition can hold, each a list of what must be so at once. */
function alternatives(condition: Condition | undefined): Entries[] {
  if (condition === undefined) return [];
  if (condition.any.length === 0) return [condition.all];
  return condition.any.flatMap(alternatives).map((one) => [...condition.all, ...one]);
}

function stepId(index: number): string {
  return `s${index + 1}`;
}

function nodeOf({ kind, title, body }: Step, id: string): Node {
  switch (kind) {
    case "ask":
      return { id, lines: [title, (body as { question: string }).question], shape: "question" };
    case "mitigate":
      return { id, lines: [title, (body as { do: string }).do], shape: "change" };
    case "run":
    case "undo":
      return { id, lines: [title, kind], shape: "change" };
    case "continue":
      return { id, lines: [title, body as string], shape: "runbook" };
    default:
      return { id, lines: [title], shape: "step" };
  }
}
