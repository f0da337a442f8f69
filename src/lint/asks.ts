import type { Path } from "../document/document.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import { ofLast } from "./ofLast.ts";

type PlacedAsk = EvidenceAsk & { id: string; path: Path };

/** Everything that a runbook measures, with its place. Many rules ask. */
export const asksOf: (runbook: Runbook) => readonly PlacedAsk[] = ofLast(findAsks);

function findAsks({ evidence, steps }: Runbook): PlacedAsk[] {
  return [
    ...evidence.map((one) => ({ ...one, path: ["evidence", one.id] })),
    ...steps.flatMap(({ id, kind, body }, index) =>
      kind === "measure" ? [{ ...(body as EvidenceAsk), id, path: ["steps", index, "measure"] }] : [],
    ),
  ];
}
