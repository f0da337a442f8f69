import type { Path } from "../document/document.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";

type PlacedAsk = EvidenceAsk & { id: string; path: Path };

const known = new WeakMap<Runbook, readonly PlacedAsk[]>();

/** Everything that a runbook measures, with its place. Many rules ask. */
export function asksOf(runbook: Runbook): readonly PlacedAsk[] {
  const asks = known.get(runbook) ?? findAsks(runbook);
  known.set(runbook, asks);
  return asks;
}

function findAsks({ evidence, steps }: Runbook): PlacedAsk[] {
  return [
    ...evidence.map((one) => ({ ...one, path: ["evidence", one.id] })),
    ...steps.flatMap(({ id, kind, body }, index) =>
      kind === "measure" ? [{ ...(body as EvidenceAsk), id, path: ["steps", index, "measure"] }] : [],
    ),
  ];
}
