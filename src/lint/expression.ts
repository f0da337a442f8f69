import type { Path } from "../document/document.ts";
import type { Signal } from "../signals/catalogue.ts";
import type { Unit } from "../timeline/measurement.ts";
import type { Healthy } from "../timeline/verdict.ts";

/** A query somewhere in a file. */
export interface Expression {
  language: "promql" | "logql" | "sql";
  text: string;
  /** of the text in its file */
  path: Path;
  /** what the answer is for: a verdict, a figure, or to wake somebody */
  use: "evidence" | "signal" | "alert" | "recording";
  /** of the evidence, the signal or the alert */
  name: string;
  healthy?: Healthy;
  unit?: Unit;
  /** how long an alert has to hold before it fires; 0: it fires at once */
  forMs?: number;
  layer?: Signal["layer"];
}
