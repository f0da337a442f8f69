import { harmless } from "../harmless.ts";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined: it is no JSON, which never is undefined itself. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

/** Names are harmless, values as they came. */
export function readLabels(metric: unknown): Record<string, string> {
  if (!isRecord(metric)) return {};
  const labels: Record<string, string> = {};
  for (const name in metric) {
    const plain = /^\w+$/.test(name) ? name : harmless(name);
    if (plain !== "__proto__") labels[plain] = String(metric[name]);
  }
  return labels;
}
