import type { Path } from "../document/document.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";

/** Everything that a runbook measures, with its place. */
export function asksOf({ evidence, steps }: Runbook): (EvidenceAsk & { id: string; path: Path })[] {
  return [
    ...evidence.map((one) => ({ ...one, path: ["evidence", one.id] })),
    ...steps.flatMap(({ id, kind, body }, index) =>
      kind === "measure" ? [{ ...(body as EvidenceAsk), id, path: ["steps", index, "measure"] }] : [],
    ),
  ];
}
