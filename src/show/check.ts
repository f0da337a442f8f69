import type { Checked } from "../timeline/check.ts";
import { sayClockMove } from "../timeline/clockMoves.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** What `incident check` found, calmly: the answer first, then each finding, then the head. */
export function showCheck(id: string, checked: Checked, paint: Paint): string[] {
  const { findings, records, good, head, heads, expected, remarks, sound } = checked;
  const count = records === 1 ? "1 record" : `${records} records`;
  const line = (sign: Cell, text: string) => wrap([sign, " "], [text], paint, 2);
  const shown = findings.slice(0, 20);
  return [
    ...line(
      sound ? signs.good : signs.bad,
      findings.length === 0 ? `${id}: ${count}, each as it was written.` : `${id}: ${findings[0]!.why}.`,
    ),
    ...shown.slice(1).flatMap(({ why }) => line(signs.bad, why)),
    ...(findings.length > shown.length
      ? line(signs.none, `and ${findings.length - shown.length} more: llmops incident check ${id} --json`)
      : []),
    ...(findings.length === 0 ? [] : line(signs.none, sayGood(good, records))),
    ...(expected === null ? [] : line(expected.is === "missing" ? signs.bad : signs.good, sayExpected(checked))),
    ...(remarks.converted
      ? line(signs.none, "Something changed the line ends of the file; its records are as they were.")
      : []),
    ...remarks.unknown.flatMap(({ seq, text }) => line(signs.unknown, `#${seq} ${text}`)),
    ...remarks.erased.flatMap(({ seq, text }) => line(signs.none, `#${seq} ${text}`)),
    ...remarks.torn.flatMap(({ seq, text }) => line(signs.none, `#${seq} ${text}`)),
    ...remarks.clock.flatMap((move) => line(signs.none, sayClockMove(move))),
    ...heads.flatMap((one) => line(signs.bad, `one head is ${one}`)),
    ...(head === null ? [] : line(signs.none, `head ${head}`)),
    ...(expected === null && findings.length === 0
      ? line(
          signs.none,
          "Against a head that was kept elsewhere: --expect-head HASH. Without one, a cut end cannot be seen.",
        )
      : []),
  ];
}

function sayGood(good: number, records: number): string {
  if (good === 0) return "Nothing before it holds.";
  if (good === records) return `All ${records} whole records hold.`;
  return good === 1 ? "Record 1, before it, holds." : `Records 1 to ${good}, before it, hold.`;
}

function sayExpected({ expected, records }: Checked): string {
  const { is, since } = expected!;
  if (is === "the head") return "The expected head is its last record: nothing was cut off or written anew.";
  if (is === "there")
    return `The expected head is record ${records - since}: ${since === 1 ? "one record was" : `${since} records were`} added since, none of those before it was changed.`;
  return "The expected head is not here: the record was cut or written anew, or the head is of another.";
}
