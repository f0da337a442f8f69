import type { Trouble } from "../show/diagnosis.ts";
import type { Looked } from "./doctorSource.ts";
import type { Whereabouts } from "./doctorReach.ts";

/** Whether the metrics are those of the stack that the project names. `looked`: only stores of metrics. */
export function troublesOfStack(named: string | undefined, looked: readonly Looked[], at: Whereabouts): Trouble[] {
  const blind = looked.flatMap(({ source, blind: why }) =>
    why === undefined
      ? []
      : [{ needed: false, says: `source ${source}: what metrics it has could not be read: ${why}` }],
  );
  const empty = looked
    .filter(({ metrics }) => metrics?.length === 0)
    .map(({ source }) => ({
      needed: true,
      says: `source ${source} has no metric at all, or none that its match fits`,
      next: `mend match of ${source}: ${at("sources", source)}`,
    }));
  const full = looked.filter(({ metrics }) => metrics !== undefined && metrics.length > 0);
  return [...blind, ...empty, ...(full.length === 0 ? [] : wrongStack(named, full, at))];
}

function wrongStack(named: string | undefined, full: readonly Looked[], at: Whereabouts): Trouble[] {
  const likely = full.flatMap(({ source, looksLike }) => looksLike.slice(0, 1).map((one) => ({ source, ...one })));
  const best = likely.toSorted((a, b) => b.score - a.score)[0];
  const own = Math.max(
    0,
    ...full.flatMap(({ looksLike }) => looksLike.filter((one) => one.stack === named).map(({ score }) => score)),
  );
  // a gateway before a model server is two stacks in one store: the one that was named is right
  if (named !== undefined && own > 0 && own >= (best?.score ?? 0) / 2) return [];
  const where = full.map(({ source }) => source).join(" and ");
  if (best === undefined)
    return [
      {
        // call records answer for themselves; their stack needs no metric
        needed: named !== undefined && named !== "calls",
        says: `${where}: no metric of ${named === undefined ? "" : `${named} or `}any stack that is known`,
        next: `is it the right store? ${at("sources", full[0]!.source)}`,
      },
    ];
  const share = `${Math.round(best.score * 100)}% of its signals are there`;
  return [
    {
      needed: true,
      says:
        named === undefined
          ? `no stack is named, and ${best.source} looks like ${best.stack}: ${share}`
          : `the stack is ${named}, but ${best.source} looks like ${best.stack}: ${share}`,
      next: `stack: ${best.stack} in ${named === undefined ? at() : at("stack")}`,
    },
  ];
}
