import type { Path } from "../../document/document.ts";
import { nearest } from "../../errors.ts";
import { mitigations } from "../../mitigations/index.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import type { Dimension } from "../../timeline/scope.ts";
import { asksOf } from "../asks.ts";
import { inOrder } from "../inOrder.ts";
import { ofLast } from "../ofLast.ts";

/** Where a whole runbook is meant. */
export const whole: { path: Path; key: true } = { path: ["id"], key: true };

/** It only asks, and leads to others: what those contain is theirs. */
export function handsOver({ steps }: Runbook): boolean {
  const kinds = new Set(steps.map(({ kind }) => kind));
  return kinds.has("continue") && !kinds.has("mitigate") && !kinds.has("run");
}

/** Kinds of the mitigations that it offers; a misspelt one is a finding already, and not that it lacks the one that was meant. */
export function mitigationsOf({ steps }: Runbook): Set<string> {
  const kinds = mitigations.map(({ kind }) => kind);
  const meant = (name: string) => (kinds.includes(name) ? name : (nearest(name, kinds) ?? name));
  return new Set(steps.flatMap(({ kind, body }) => (kind === "mitigate" ? [meant((body as MitigateBody).do)] : [])));
}

/** Something that it tells a person to do speaks of this: of all these in one sentence, in this order. */
export function tellsOf(runbook: Runbook, ...words: RegExp[]): boolean {
  return sentencesOf(runbook).some((sentence) => inOrder(sentence, words) !== undefined);
}

const sentencesOf = ofLast(({ steps }: Runbook) =>
  steps.flatMap(({ kind, title, body }) => {
    if (kind !== "instruct" && kind !== "run") return [];
    const told = typeof body === "string" && kind === "instruct" ? body : JSON.stringify(body);
    return `${title}\n${told}`.split(".");
  }),
);

/** Dimensions that it tells apart or asks for. */
export function dimensionsOf(runbook: Runbook): Set<Dimension> {
  const split = asksOf(runbook).flatMap(({ by }) => by ?? []);
  return new Set([...runbook.scope, ...split]);
}
