const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** "90s", "30m", "1h30m", "24h" → milliseconds; undefined when it is none (the PromQL spelling). */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdw]))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, n, unit] of text.matchAll(/(\d+)(ms|[smhdw])/g)) ms += Number(n) * units[unit as keyof typeof units];
  return ms > 0 && ms <= units.d * 3650 ? ms : undefined;
}

/** Milliseconds → the shortest exact PromQL spelling: 300000 → "5m", 5400000 → "1h30m". */
export function formatDuration(ms: number): string {
  let left = Math.max(0, Math.round(ms));
  if (left === 0) return "0s";
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const n = Math.floor(left / units[unit]);
    if (n > 0) text += `${n}${unit}`;
    left -= n * units[unit];
  }
  return text;
}

/** Milliseconds as a person says them, two units at most, never negative: "10m 04s", "2h 05m", "41 ms". */
export function sayDuration(ms: number): string {
  const t = Math.max(0, ms);
  if (t < 1000) return `${Math.round(t)} ms`;
  const s = Math.floor(t / 1000);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${String(s % 60).padStart(2, "0")}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}m`;
  return `${Math.floor(s / 86_400)}d ${String(Math.floor((s % 86_400) / 3600)).padStart(2, "0")}h`;
}
