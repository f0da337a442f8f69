import type { Path } from "../document/document.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";

/** Everything that a runbook measures, with its place. */
export function asksOf({ evidence, steps }: Runbook): { ask: EvidenceAsk["ask"]; path: Path }[] {
  return [
    ...evidence.map(({ id, ask }) => ({ ask, path: ["evidence", id] })),
    ...steps.flatMap(({ kind, body }, index) =>
      kind === "measure" ? [{ ask: (body as EvidenceAsk).ask, path: ["steps", index, "measure"] }] : [],
    ),
  ];
}
