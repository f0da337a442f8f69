import type { StatusPage } from "../sources/statusPage.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Blast } from "../timeline/blast.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { fewest, isByChance } from "../triage/chance.ts";
import type { Need, Readings } from "../triage/suspect.ts";

const dayMs = 24 * 3_600_000;

export interface Survey extends Readings {
  all: Measurement[];
  /** what was changed in the last day; undefined where nothing records that */
  changed: Measurement | undefined;
  unreadPages: { name: string; error: string }[];
}

export interface Reader {
  measure(id: string, ask: EvidenceAsk, scope: Scope): Promise<Measurement>;
  blast(ask: { signal: string; dimension: Dimension; scope: Scope }): Promise<Blast | undefined>;
  pages(): Promise<StatusPage[]>;
}

/**
 * Reads all that a triage needs at once. What is outside normal is asked of the past: a figure that misses its objective as
 * it does every day is no news. Only where nothing usual is known does the objective decide.
 */
export async function survey(needs: readonly Need[], scope: Scope, reader: Reader): Promise<Survey> {
  // a dimension that the scope fixes has one value
  const asked = needs.filter(({ by }) => by === undefined || scope[by] === undefined);
  const moves = asked.filter(({ change }) => change === true);
  const figures = asked.filter(({ change }) => change !== true);
  const [pages, changed, read, blasts] = await Promise.all([
    reader.pages(),
    reader.measure("changed", { ask: { changesMs: dayMs } }, scope),
    Promise.all(figures.map(async (need) => [keyOf(need), await one(need, scope, reader)] as const)),
    Promise.all(
      moves.map(
        async ({ signal, by }) =>
          [keyOf({ signal, by }), await reader.blast({ signal, dimension: by!, scope })] as const,
      ),
    ),
  ]);
  const perSecond = read.find(([key]) => key === "request_rate")?.[1].value;
  const measured = new Map(read.map(([key, m]) => [key, perSecond === undefined ? m : weighed(m, perSecond)]));
  const divided = new Map(blasts);
  return {
    all: [...measured.values()],
    changed: changed.outcome === "changed" ? changed : undefined,
    pages: pages.flatMap((page) => ("error" in page ? [] : [page])),
    unreadPages: pages.flatMap((page) => ("error" in page ? [page] : [])),
    of: (signal) => measured.get(keyOf({ signal })),
    by: (signal, by) => measured.get(keyOf({ signal, by })),
    blast: (signal, by) => divided.get(keyOf({ signal, by })),
  };
}

async function one({ signal, by }: Need, scope: Scope, { measure }: Reader): Promise<Measurement> {
  const id = keyOf({ signal, by });
  const ask: EvidenceAsk = { ask: { signal }, ...(by === undefined ? {} : { by }) };
  const usual = await measure(id, { ...ask, healthy: { kind: "normal", z: 3 } }, scope);
  const hasNoPast = usual.verdict === "no-data" && usual.value !== undefined && usual.usual === undefined;
  return hasNoPast ? measure(id, ask, scope) : usual;
}

/** `perSecond`: calls per second. */
function weighed(m: Measurement, perSecond: number): Measurement {
  const { usual, value, windowMs } = m;
  if (m.verdict !== "unhealthy" || usual === undefined || value === undefined || m.by !== undefined) return m;
  if (!isByChance(m, value, (perSecond * windowMs) / 1000)) return m;
  return { ...m, verdict: "healthy", outcome: "healthy", why: `${m.why}, by fewer than ${fewest} calls` };
}

function keyOf({ signal, by }: { signal: string; by?: Dimension | undefined }): string {
  return by === undefined ? signal : `${signal} by ${by}`;
}
