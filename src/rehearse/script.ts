import type { Scope } from "../timeline/scope.ts";
import type { PerCase, Place, Reading, Test, TestFile } from "./schema.ts";

/** All that one walk is given. */
export interface Script {
  scope: Scope;
  alert?: { name?: string | undefined; labels: Record<string, string> };
  evidence: Readonly<Record<string, readonly Reading[]>>;
  state: readonly Place[];
  /** parameters of mitigations that the runbook leaves to the project; `for`: ms */
  defaults: TestFile["defaults"];
  /** what people say, by step */
  answers: ReadonlyMap<string, string>;
  /** what production makes of a step, however it comes to that */
  outcomes: ReadonlyMap<string, string>;
}

/** The walks of a test: one, or as many as its longest list has entries; of a shorter list the last stays. */
export function scriptsOf(file: TestFile, test: Test): Script[] {
  const answers = { ...file.answers, ...test.answers };
  const lists = [...Object.values(answers), ...Object.values(test.outcomes)].filter((one) => Array.isArray(one));
  const cases = Math.max(1, ...lists.map((list) => list.length));
  const whole = {
    scope: { ...file.scope, ...test.scope },
    ...(test.alert === undefined ? {} : { alert: test.alert }),
    evidence: { ...file.evidence, ...test.evidence },
    state: test.state ?? file.state ?? [],
    defaults: { ...file.defaults, ...test.defaults },
  };
  return Array.from({ length: cases }, (_, nth) => ({
    ...whole,
    answers: inCase(answers, nth),
    outcomes: inCase(test.outcomes, nth),
  }));
}

/** What a word or list says in one case; undefined: nothing. */
export function sayIn(given: PerCase | undefined, nth: number): string | undefined {
  const one = Array.isArray(given) ? given[Math.min(nth, given.length - 1)] : given;
  return one ?? undefined;
}

function inCase(given: Readonly<Record<string, PerCase>>, nth: number): Map<string, string> {
  return new Map(
    Object.entries(given).flatMap(([step, words]) => {
      const said = sayIn(words, nth);
      return said === undefined ? [] : [[step, said] as const];
    }),
  );
}
