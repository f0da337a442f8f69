import { addTally, type Tallies } from "./tally.ts";

/** Words that tell errors apart: they never are what merely differs from call to call. */
export const telling =
  /error|exception|time|fail|refus|reset|clos|limit|exceed|denied|den[iy]|invalid|unavailable|overload|quota|filter|abort|cancel|expire|missing|found|unknown|support|parse|auth|forbidden|content|context|length|connect/i;

/** So many different words in one place, all else equal, are names: of tenants, of tools, of files. */
const many = 6;
/** Less in common is no template. */
const leastWords = 3;
/** Of so many templates, the most frequent, each place is compared. */
const mostCompared = 2000;

/**
 * Templates that are one but for names or free text, as one: a place in which many words stand becomes `<*>`, a beginning
 * that rare texts share "beginning ...". What comes out depends on the templates and their counts alone, not on their order.
 */
export function cluster(tallies: Tallies): Tallies {
  let now = withoutLead(tallies);
  for (let round = 0; round < 3; round++) {
    const next = joinPlaces(now);
    if (next.size === now.size) break;
    now = next;
  }
  return joinBeginnings(now);
}

const lead =
  /^(?:[[({]?(?:<time>|<n>|<id>|trace|debug|info|notice|warn(?:ing)?|err(?:or)?|fatal|critical|panic|stderr|F)[\])}]?[:,]?(?:\s+[-–|]\s+|\s+|(?<=\])))+(?=\S)/i;

/** When and how bad a line says it is comes before what it says. */
function withoutLead(tallies: Tallies): Tallies {
  const out: Tallies = new Map();
  for (const [template, tally] of tallies) {
    const text = template.trim().replace(/(?<=\S)[.:;,!?]+$/, "");
    const found = lead.exec(text)?.[0];
    const cut = found !== undefined && /<time>|[[\]]|^[A-Z]+\b/.test(found) ? text.slice(found.length) : text;
    addTally(out, wordsIn(cut) === 0 ? text : cut, tally);
  }
  return out;
}

function joinPlaces(tallies: Tallies): Tallies {
  const all = inOrder(tallies);
  const split = all.slice(0, mostCompared).map((template) => template.split(" "));
  const places = new Map<string, Set<string>>();
  for (const words of split)
    for (const [place, word] of words.entries()) {
      const key = without(words, place);
      const known = places.get(key);
      if (known === undefined) places.set(key, new Set([word]));
      else known.add(word);
    }
  for (const [key, words] of places)
    if (words.size < 2 || !areNames(words) || wordsIn(key) < leastWords) places.delete(key);

  const joined = new Map<string, string>();
  for (const words of split) {
    // of several places the one in which the most words stand
    const keys = words.map((_, place) => without(words, place)).filter((key) => places.has(key));
    const best = keys.toSorted((a, b) => places.get(b)!.size - places.get(a)!.size || (a < b ? -1 : 1))[0];
    if (best !== undefined) joined.set(words.join(" "), best);
  }
  const out: Tallies = new Map();
  for (const template of all) addTally(out, joined.get(template) ?? template, tallies.get(template)!);
  return out;
}

/** Many words of which few are causes (a tool may be called cancel_order), or one that was masked already and another. */
function areNames(words: ReadonlySet<string>): boolean {
  const all = [...words];
  const causes = all.filter((word) => telling.test(word)).length;
  const plain = all.length - causes;
  return (plain >= many && causes * 3 <= plain) || (causes === 0 && all.some((word) => /<\w+>/.test(word)));
}

function without(words: readonly string[], place: number): string {
  return words.with(place, "<*>").join(" ");
}

/** Free text behind a beginning (an answer that could not be parsed) makes every line a template of its own. */
function joinBeginnings(tallies: Tallies): Tallies {
  const groups = new Map<string, string[]>();
  for (const [template, { count }] of tallies) {
    const beginning = count > 2 ? undefined : beginningOf(template);
    if (beginning === undefined) continue;
    const known = groups.get(beginning);
    if (known === undefined) groups.set(beginning, [template]);
    else known.push(template);
  }
  const joined = new Map<string, string>();
  for (const templates of groups.values()) {
    const common = commonWords(templates);
    // one word more is a cause, several are free text
    const free = templates.filter((template) => template.slice(common.length).trim().includes(" "));
    if (free.length >= many) for (const template of free) joined.set(template, `${common} ...`);
  }
  const out: Tallies = new Map();
  for (const template of inOrder(tallies)) addTally(out, joined.get(template) ?? template, tallies.get(template)!);
  return out;
}

/** Its first words, as many as make a template; undefined: there are not more. */
export function beginningOf(template: string, least = leastWords): string | undefined {
  const words = template.split(" ");
  let known = 0;
  for (const [i, word] of words.entries()) {
    if (isWord(word)) known++;
    if (known === least) return i + 1 < words.length ? words.slice(0, i + 1).join(" ") : undefined;
  }
  return undefined;
}

function commonWords(templates: readonly string[]): string {
  const [first = [], ...others] = templates.map((template) => template.split(" "));
  const end = first.findIndex((word, i) => others.some((words) => words[i] !== word));
  return first.slice(0, end === -1 ? first.length : end).join(" ");
}

function wordsIn(template: string): number {
  return template.split(" ").filter(isWord).length;
}

function isWord(word: string): boolean {
  return !word.includes("<") && /[a-z]{2}/i.test(word);
}

function inOrder(tallies: Tallies): string[] {
  return [...tallies.keys()].toSorted((a, b) => tallies.get(b)!.count - tallies.get(a)!.count || (a < b ? -1 : 1));
}
