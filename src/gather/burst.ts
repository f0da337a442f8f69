import type { Runbook, Evidence } from "../runbook/runbook.ts";
import { fact, type Fact } from "../timeline/event.ts";
import type { Measurement } from "../timeline/measurement.ts";

export interface Burst {
  /** what was answered within the first `ms`; later answers are recorded as late */
  within(ms: number): Promise<Measurement[]>;
}

/** Fetches all evidence of a runbook at once, each recorded as it comes. */
export function gatherEvidence(
  runbook: Runbook,
  measure: (evidence: Evidence) => Promise<Measurement>,
  record: (...facts: Fact[]) => Promise<void>,
  sleep: (ms: number, stop: AbortSignal) => Promise<void>,
): Burst {
  const measured: Measurement[] = [];
  let late = false;
  const all = runbook.evidence.map(async (evidence) => {
    const measurement = await measure(evidence);
    measured.push(measurement);
    await record(
      fact("measured", { measurement, ...(late ? { late: true as const } : {}) }, `${runbook.id}/${evidence.id}`),
    );
  });
  const done = Promise.all(all).then(() => {});
  done.catch(() => {});
  return {
    async within(ms) {
      const stop = new AbortController();
      await Promise.race([done, sleep(ms, stop.signal).catch(() => {})]);
      stop.abort();
      late = true;
      const order = runbook.evidence.map((e) => e.id);
      return [...measured].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
    },
  };
}
