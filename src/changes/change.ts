import type { z } from "zod";
import type { Answer } from "../sources/source.ts";
import type { Deed } from "../timeline/deed.ts";
import type { Reach } from "../world/reach.ts";
import type { World } from "../world/world.ts";

/** A record of who changed what. It is only read. Never throws for what the other side does; every reading has a deadline. */
export interface ChangeLog {
  /** how the same is asked by hand */
  asks: string;
  /** after `from` until `to` (ms), in any order; texts as they come: neither harmless nor redacted */
  changes(from: number, to: number): Promise<Answer<Deed[]>>;
  /** is it there and does it answer; for `doctor` */
  check(): Promise<Reach>;
}

export interface ChangeKind<Settings = unknown> {
  kind: string;
  summary: string;
  /** zod schema of its settings in `llmops.yaml` */
  schema: z.ZodType<Settings>;
  /** settings as YAML, for documentation and tests */
  example: string;
  /** `folder`: the project file's folder, for relative paths */
  open(settings: Settings, world: World, folder: string): ChangeLog;
}

/** Whether a time is one that was asked for. */
export function isWithin(at: number, from: number, to: number): boolean {
  return at > from && at <= to;
}
