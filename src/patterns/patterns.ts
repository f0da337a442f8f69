import { redact } from "../redact/redact.ts";
import { beginningOf, cluster, telling } from "./cluster.ts";
import { mask } from "./mask.ts";
import { said } from "./said.ts";
import { addLine, addTally, tallyOf, type Tallies } from "./tally.ts";

/** One line of errors; the id of its call is its label `call`. `at` in ms. */
export interface ErrorLine {
  at: number;
  text: string;
  labels: Readonly<Record<string, string>>;
}

/** Many lines that say the same. Redacted, but not yet harmless. */
export interface Pattern {
  /** "provider timeout after <n> ms" */
  template: string;
  count: number;
  /** of all lines that say something, 0..1 */
  share: number;
  /** ms */
  first: number;
  last: number;
  /** the newest, at most three */
  calls: string[];
}

export interface Patterns {
  /** the most frequent first */
  patterns: Pattern[];
  /** what is not among them */
  others: { patterns: number; count: number; share: number };
  /** lines with nothing in them */
  empty: number;
  total: number;
}

/** More different texts than this are told apart by their first words only. */
const mostTexts = 50_000;

/**
 * What thousands of error lines say, as a few counted templates. Which they are does not depend on the order of the lines.
 * `names`: labels whose values are names: where one stands in a text, the label's name stands in the template. `most`
 * templates are told, the others counted.
 */
export function patternsOf(lines: readonly ErrorLine[], names: readonly string[], most = 12): Patterns {
  const { tallies, empty } = tally(lines, namesIn(lines, names));
  const clean: Tallies = new Map();
  for (const [template, known] of cluster(tallies)) addTally(clean, redact(template, "all"), known);

  const counted = lines.length - empty;
  const all = [...clean]
    .toSorted(([a, { count: m }], [b, { count: n }]) => n - m || (a < b ? -1 : 1))
    .map(([template, { count, first, last, calls }]): Pattern => {
      return { template, count, share: count / counted, first, last, calls: calls.map(({ id }) => id) };
    });
  const others = all.slice(most).reduce((sum, { count }) => sum + count, 0);
  return {
    patterns: all.slice(0, most),
    others: { patterns: Math.max(0, all.length - most), count: others, share: counted === 0 ? 0 : others / counted },
    empty,
    total: lines.length,
  };
}

function tally(lines: readonly ErrorLine[], names: ReadonlyMap<string, string>): { tallies: Tallies; empty: number } {
  let tallies: Tallies = new Map();
  let empty = 0;
  let short = false;
  const keyOf = (template: string) => (short ? (beginningOf(template, 6) ?? template.slice(0, 60)) : template);
  for (const { at, text, labels } of lines) {
    const { text: words, call } = said(text);
    const template = mask(words, names);
    if (template === "" || template === " ") {
      empty++;
      continue;
    }
    const key = keyOf(template);
    const known = tallies.get(key);
    const id = (labels["call"] ?? call)?.slice(0, 100);
    if (known !== undefined) addLine(known, at, id);
    else tallies.set(key, tallyOf(at, id));
    if (tallies.size > mostTexts && !short) {
      short = true;
      const shorter: Tallies = new Map();
      for (const [longer, one] of tallies) addTally(shorter, keyOf(longer), one);
      tallies = shorter;
    }
  }
  return { tallies, empty };
}

/** Value → label. A value that is a word of errors is none: it would be taken out of every text. */
function namesIn(lines: readonly ErrorLine[], labels: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const label of labels.toReversed())
    for (const line of lines) {
      const value = line.labels[label];
      if (value === undefined || value.length < 3 || names.get(value) === label) continue;
      if (!(/^[a-z]+$/i.test(value) && telling.test(value))) names.set(value, label);
    }
  return names;
}
