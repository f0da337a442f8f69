import type { z } from "zod";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";

/** What became of it. It is never begun a second time by itself. */
export type Ended = (
  | { done: string }
  /** it ended, and says so; `code` as a program told it */
  | { failed: string; code?: number }
  /** nobody knows what it did */
  | { unknown: string }
) & {
  /** for the record, where that is more than the sentence */
  output?: string;
};

/** What it would do now. */
export interface Counted {
  /** as one would type it, or what comes nearest; shown and recorded, so it holds no secret */
  argv: string[];
  /** how many things it touches; 0: there is nothing to do; undefined: only words tell, or not even they */
  count: number | undefined;
  /** whole sentences about what it touches */
  says: string[];
  question: string;
  /** once, after consent */
  run(): Promise<Ended>;
}

/** Something a project can do that is not a state: nothing takes it back. */
export interface Action {
  /** what is lost or ended by it stays so */
  irreversible: boolean;
  /** what the scope must name before anything is looked at */
  needs: Dimension[];
  /** only reads; where it cannot be told what would be touched, nothing is run */
  count(scope: Scope): Promise<Counted | { error: string; next: string }>;
}

export interface ActionKind<Settings = unknown> {
  kind: string;
  summary: string;
  /** zod schema of its settings in `llmops.yaml` */
  schema: z.ZodType<Settings>;
  /** settings as YAML, for documentation and tests */
  example: string;
  /** `folder`: the project file's folder, for relative paths */
  open(settings: Settings, world: World, folder: string): Action;
}
