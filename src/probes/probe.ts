import type { Expected, Probed } from "../timeline/probe.ts";
import type { Scope } from "../timeline/scope.ts";

/** A second source: what the gateway itself does with one request. Each costs one call. */
export interface Probe {
  name: string;
  /** `refused` is known by a status alone: it tells something only beside the answer of before */
  compares: boolean;
  /** why it would show nothing of a change that covers `lever`, asked on behalf of `scope`; undefined: it would */
  cannot(expect: Expected, lever: Scope, scope: Scope): string | undefined;
  /** sends exactly one request, never again, waits no longer than `deadlineMs`; throws nothing for what the other side does */
  ask(expect: Expected, scope: Scope, deadlineMs?: number): Promise<Probed>;
}
