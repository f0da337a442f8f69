import type { Runbook } from "../../runbook/runbook.ts";
import type { Condition } from "../../steps/condition.ts";
import { ofLast } from "../ofLast.ts";
import { walkWays, type Ways } from "./reach.ts";
import { entriesOf } from "./references.ts";

/** A `when` in parts: which of them can ever hold, and which ever fail. */
interface Parts {
  whole: Condition;
  /** each of what is ANDed, `any` as one */
  sides: Condition[];
  /** each alternative, together with what is ANDed beside it */
  alternatives: Condition[];
}

const parted = new WeakMap<Condition, Parts>();

/** The ways through a runbook, searched once for all rules; undefined where there are too many. */
export const waysOf: (runbook: Runbook) => Ways | undefined = ofLast((runbook) =>
  walkWays(runbook.steps, entriesOf(runbook), (when) => {
    const { whole, sides, alternatives } = partsOf(when);
    return [whole, ...(sides.length > 1 ? sides : []), ...alternatives];
  }),
);

/** No way leads to the step: that is the only thing to say of it. */
export function isDead(runbook: Runbook, index: number): boolean {
  return waysOf(runbook)?.reachable[index] === false;
}

export function partsOf(when: Condition): Parts {
  let parts = parted.get(when);
  if (parts === undefined) parted.set(when, (parts = takeApart(when)));
  return parts;
}

function takeApart(when: Condition): Parts {
  const { all, any } = when;
  return {
    whole: when,
    sides: [...all.map((one) => ({ all: [one], any: [] })), ...(any.length > 0 ? [{ all: [], any }] : [])],
    alternatives: any.map((one) => ({ all: [...all, ...one.all], any: one.any })),
  };
}
