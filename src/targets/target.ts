import type { z } from "zod";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Cause, Change, Lever, Setting, Written } from "../timeline/setting.ts";
import type { Value } from "../timeline/value.ts";
import type { Reach } from "../world/reach.ts";
import type { World } from "../world/world.ts";

export type Read =
  | {
      value: Value;
      /** ETag, revision, content hash: what makes the write conditional; null where there is none */
      version: string | null;
      /** who answered, as the other side tells it, and where: "http 127.0.0.1:8080, etag \"3f\"" */
      identity: string;
      /** ms since 1970 */
      at: number;
      /** nothing of that name stands there yet: a write would make it */
      fresh?: true;
      /** the list that is to hold it does not exist either */
      makes?: true;
      /** the environment that the server says it is, where the project wants that checked */
      place?: string;
      /** what one must know before changing it: what will put it back, what is not proven about this target */
      notes?: string[];
    }
  /**
   * plain words, and where the target knows it what to do about it; `missing` when the address does not exist, with the
   * nearest existing values if they can be listed
   */
  | { error: string; next?: string; missing?: true; nearest?: string[] };

/** A config API. Only reads and writes; never throws for what the other side does. */
export interface Target {
  kind: string;
  /** what a plan says before it is read: "http gateway 127.0.0.1:8080" */
  says: string;
  levers: Lever[];
  /** what one write replaces ("/routes/support.reply"): other levers of the same address must not be written meanwhile */
  address(setting: Setting, scope: Scope): string;
  read(setting: Setting, scope: Scope): Promise<Read>;
  /** exactly one mutating request, never repeated by itself; conditional, where the lever says so, on what was read last */
  write(change: Change, cause: Cause): Promise<Written>;
  /** makes the readers of a lever with `restart` start anew; one mutating request */
  restart?(setting: Setting, cause: Cause): Promise<Written>;
  /** existing values of a dimension, where the target can tell them */
  list?(dimension: Dimension): Promise<string[]>;
  check(): Promise<Reach>;
}

export interface TargetKind<Settings = unknown> {
  kind: string;
  summary: string;
  schema: z.ZodType<Settings>;
  /** settings as YAML, for documentation and tests */
  example: string;
  /** what whoever relies on it must know first: "not yet run against a live LiteLLM" */
  caveat?: string;
  /** what it offers, told without touching the network or a secret */
  levers(settings: Settings): Lever[];
  /** setting → the whole address of its lever, with placeholders: the same one under two names would be two levers */
  addresses(settings: Settings): Record<string, string>;
  open(settings: Settings, world: World, folder: string): Target;
}
