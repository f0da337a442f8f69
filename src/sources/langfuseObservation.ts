import { createHash } from "node:crypto";
import { dimensions, type Scope } from "../timeline/scope.ts";
import { readTime } from "./httpNumber.ts";
import { isRecord } from "./json.ts";
import type { LangfuseSettings } from "./langfuseSchema.ts";
import type { Call } from "./source.ts";

/** One observation as the API (version 2) gives it; its `id` is a text and its `startTime` a time. */
export type Observation = Readonly<Record<string, unknown>>;

/** The dimensions of an observation. */
export function scopeOf(row: Observation, fields: LangfuseSettings["dimensions"]): Scope {
  const metadata = isRecord(row["metadata"]) ? row["metadata"] : {};
  return Object.fromEntries(
    dimensions.flatMap((dimension) => {
      const field = fields[dimension];
      if (field === undefined) return [];
      const value = field.startsWith("metadata.") ? metadata[field.slice("metadata.".length)] : row[field];
      return typeof value === "string" && value !== "" ? [[dimension, value]] : [];
    }),
  );
}

export function callOf(row: Observation, fields: LangfuseSettings["dimensions"]): Call {
  const text = (name: string) => (typeof row[name] === "string" && row[name] !== "" ? row[name] : undefined);
  const usage = isRecord(row["usageDetails"]) ? row["usageDetails"] : {};
  const number = (value: unknown, times = 1) => (typeof value === "number" ? value * times : undefined);
  const version = row["promptVersion"];
  const isVersion = typeof version === "number" || typeof version === "string";
  const known = {
    trace: text("traceId"),
    status: row["level"] === "ERROR" ? "error" : "success",
    error: row["level"] === "ERROR" ? text("statusMessage") : undefined,
    // in seconds here, in ms in the metrics
    latencyMs: number(row["latency"], 1000),
    tokensIn: number(usage["input"]),
    tokensOut: number(usage["output"]),
    costUsd: number(row["totalCost"]),
    promptVersion: isVersion ? [text("promptName") ?? [], version].flat().join(" ") : undefined,
    prompt: text("input"),
    response: text("output"),
  };
  const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { id: String(row["id"]), at: readTime(row["startTime"])!, scope: scopeOf(row, fields), ...present };
}

/** Texts are cut: more of one nobody reads. */
export function pickText(row: Observation | undefined): Observation {
  const cut = (value: unknown) =>
    value === null || value === undefined
      ? undefined
      : (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 20_000);
  return { input: cut(row?.["input"]), output: cut(row?.["output"]) };
}

/** Where an observation stands in a draw: the same each time. */
export function draw(row: Observation): number {
  return createHash("sha256").update(String(row["id"])).digest().readUIntBE(0, 6);
}
