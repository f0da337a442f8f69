import { continuesOf } from "../../runbook/find.ts";
import { libraryOf } from "../library.ts";
import type { RuleOn } from "../rule.ts";

export const continueCycle: RuleOn<"runbook"> = {
  on: "runbook",
  name: "continue-cycle",
  summary: "runbooks that continue with each other come to an end",
  severity: "error",
  why: "A walk that goes round never ends, and never reaches what would stop the bleeding.",
  seen: "argoproj/argo-workflows#4180: workflows that call each other for ever; the controller crashed, and all other workflows with it stopped.",
  bad: `
steps:
  - { id: go-on, title: Go on, continue: example }
`,
  good: `
steps:
  - { id: go-on, title: Go on, continue: another-runbook }
`,
  check(runbook, { runbooks }, report) {
    if (continuesOf(runbook).length === 0) return;
    const { next } = libraryOf(runbooks);
    for (const [index, { kind, body }] of runbook.steps.entries()) {
      if (kind !== "continue") continue;
      const way = wayBack(body as string, runbook.id, next);
      if (way !== undefined)
        report({ path: ["steps", index, "continue"] }, `goes in a circle: ${sayWay([runbook.id, ...way])}`);
    }
  },
};

/** Ids from `from` to `to`, both named, along `continue`; the shortest way. */
function wayBack(from: string, to: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const before = new Map<string, string | undefined>([[from, undefined]]);
  // the map grows while it is read: nearer ones first
  for (const [id] of before) {
    if (id === to) return trace(id, before);
    for (const other of next.get(id) ?? []) if (!before.has(other)) before.set(other, id);
  }
  return undefined;
}

function trace(to: string, before: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = [];
  for (let id: string | undefined = to; id !== undefined; id = before.get(id)) way.unshift(id);
  return way;
}

function sayWay(way: string[]): string {
  return (way.length > 8 ? [...way.slice(0, 4), `${way.length - 6} more`, ...way.slice(-2)] : way).join(" → ");
}
