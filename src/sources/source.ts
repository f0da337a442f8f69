import type { z } from "zod";
import type { Language, Query } from "../timeline/query.ts";
import type { Reach } from "../world/reach.ts";
import type { World } from "../world/world.ts";

export type { Language, Query };

/** `value` may be NaN or ±Inf: the reader of a verdict decides what that means. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** Points in ascending time; `at` in ms. Steps without data are left out. They may be made when they are asked for. */
export interface Series {
  labels: Record<string, string>;
  readonly points: { at: number; value: number }[];
}

export type Answer<T> =
  | { data: T; warnings: string[]; ms: number }
  /** plain words, harmless, shortened */
  | { error: string; ms: number };

/** Where we read. Never throws for what the other side does. At most 20 requests in flight for each source. */
export interface Source {
  kind: string;
  /** label → value, to be added to every selector that is sent here (PromQL only) */
  match?: Readonly<Record<string, string>>;
  instant(query: Query, at: number): Promise<Answer<Sample[]>>;
  /** evaluated at from, from+resolution, …, to (inclusive); all ms */
  range(query: Query, from: number, to: number, resolution: number): Promise<Answer<Series[]>>;
  /** is it there and does it answer; for `reach` and `doctor` */
  check(): Promise<Reach>;
  close(): Promise<void>;
}

export interface SourceKind<Settings = unknown> {
  kind: string;
  language: Language;
  summary: string;
  /** zod schema of its settings in `llmops.yaml` */
  schema: z.ZodType<Settings>;
  /** settings as YAML, for documentation and tests */
  example: string;
  /** `folder`: the project file's folder, for relative paths */
  open(settings: Settings, world: World, folder: string): Source;
}
