import { continuesOf } from "../runbook/find.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { KnownRunbook } from "./rule.ts";

/** The known runbooks by what rules look for. */
export interface Library {
  /** where each of them is */
  of: ReadonlyMap<Runbook, KnownRunbook>;
  byId: ReadonlyMap<string, readonly KnownRunbook[]>;
  byAlert: ReadonlyMap<string, readonly KnownRunbook[]>;
  /** id → ids that it may continue with */
  next: ReadonlyMap<string, readonly string[]>;
}

const sorted = new WeakMap<readonly KnownRunbook[], Library>();

/** Sorted once for all rules: each runbook that is checked asks for its neighbours. */
export function libraryOf(runbooks: readonly KnownRunbook[]): Library {
  const library = sorted.get(runbooks) ?? sort(runbooks);
  sorted.set(runbooks, library);
  return library;
}

function sort(runbooks: readonly KnownRunbook[]): Library {
  const byId = new Map<string, KnownRunbook[]>();
  const byAlert = new Map<string, KnownRunbook[]>();
  for (const one of runbooks) {
    put(byId, one.runbook.id, one);
    for (const alert of new Set(one.runbook.alerts)) put(byAlert, alert, one);
  }
  const next = new Map(runbooks.map(({ runbook }) => [runbook.id, continuesOf(runbook)]));
  return { of: new Map(runbooks.map((one) => [one.runbook, one])), byId, byAlert, next };
}

function put(lists: Map<string, KnownRunbook[]>, key: string, one: KnownRunbook): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
}
