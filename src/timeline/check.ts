import { describe } from "./describe.ts";
import type { FactType } from "./event.ts";
import type { Examined, Finding } from "./examine.ts";
import { isKnown } from "./fold.ts";
import { clockMoves, type ClockMove } from "./clockMoves.ts";

/** What can be said about a record from itself, and from a head that was kept elsewhere. */
export interface Checked {
  sound: boolean;
  records: number;
  /** how many from the first on are whole, in order and as they were written */
  good: number;
  /** the hash of the last record; null when there is none, or more than one */
  head: string | null;
  /** hashes of the last records where copies went their own ways */
  heads: string[];
  findings: Finding[];
  /** whether the expected head is there: as the last, as an earlier one, or not */
  expected: { head: string; is: "the head" | "there" | "missing"; since: number } | null;
  /** what is no damage, and worth knowing */
  remarks: {
    converted: boolean;
    unknown: { seq: number; text: string }[];
    clock: ClockMove[];
    torn: { seq: number; text: string }[];
    erased: { seq: number; text: string }[];
  };
}

export function check({ events, findings, hashes, heads, converted }: Examined, expect?: string): Checked {
  const at = expect === undefined ? -1 : hashes.indexOf(expect);
  const first = findings.find(({ what }) => what !== "torn");
  const unknown = events.filter((event) => !isKnown(event) && !("damaged" in event));
  const told = (type: FactType) =>
    events.filter((event) => event.type === type).map((event) => ({ seq: event.seq, text: describe(event) }));
  return {
    sound: findings.length === 0 && (expect === undefined || at >= 0),
    records: events.length,
    good: first === undefined ? events.length : Math.max(0, (first.seq ?? 1) - 1),
    head: heads.length === 1 ? heads[0]! : null,
    heads: heads.length === 1 ? [] : heads,
    findings,
    expected:
      expect === undefined
        ? null
        : {
            head: expect,
            is: at < 0 ? "missing" : at === hashes.length - 1 ? "the head" : "there",
            since: at < 0 ? 0 : hashes.length - 1 - at,
          },
    remarks: {
      converted,
      unknown: unknown.map((event) => ({ seq: event.seq, text: describe(event) })),
      clock: clockMoves(events),
      torn: told("torn"),
      erased: told("erased"),
    },
  };
}
