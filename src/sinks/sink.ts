import type { z } from "zod";
import type { Reach } from "../world/reach.ts";
import type { World } from "../world/world.ts";

/** Where our own metrics go. Never throws for what the other side does. */
export interface Sink {
  kind: string;
  /** what was pushed before is replaced; `text` is Prometheus text as `expose` writes it */
  push(text: string): Promise<Reach>;
  /** is it there, and would it take what is pushed; pushes nothing */
  check(): Promise<Reach>;
}

export interface SinkKind<Settings = unknown> {
  kind: string;
  summary: string;
  /** zod schema of its settings in `llmops.yaml` */
  schema: z.ZodType<Settings>;
  /** settings as YAML, for documentation and tests */
  example: string;
  /** `folder`: the project file's folder, for relative paths */
  open(settings: Settings, world: World, folder: string): Sink;
}
