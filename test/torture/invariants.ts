import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { harmlessJson } from "../../src/harmless.ts";
import type { ConfigApi, Exchange } from "./configApi.ts";
import { intentsIn, pathOf, say, valueIn, type Intent } from "./intents.ts";
import type { Ended, Going, Place } from "./place.ts";
import { parseTimeline, verifyChain } from "../timeline/verify.ts";

/** The invariants I1–I4, I7 and I10–I12 as checks, for one place with one config API that nobody else changes. */
export interface Scene {
  place: Place;
  api: ConfigApi;
  /** the documents before anything was changed */
  original: ReadonlyMap<string, string>;
  /** files that the commands were asked to write, below the place */
  outputs: readonly string[];
}

/** One process with what was there before it. */
export interface Ran {
  argv: readonly string[];
  ended: Ended;
  /** a fault was injected into it */
  hit: boolean;
  /** mutating requests that arrived while it ran */
  writes: Exchange[];
  /** what was there before, below the place */
  files: ReadonlySet<string>;
  /** the bytes of the timelines before and after, by incident */
  before: ReadonlyMap<string, string>;
  after: ReadonlyMap<string, string>;
}

export async function runIn({ place, api }: Scene, argv: readonly string[], going: Going, hit = false): Promise<Ran> {
  const [before, known, files] = [timelines(place), api.writes().length, new Set(filesIn(place))];
  // what finds no room elsewhere is kept where temporary files go: seen here, and gone with the place
  const ended = await place.llmops(argv, { ...going, env: { TMPDIR: place.folder, ...going.env } });
  return { argv, ended, hit, writes: api.writes().slice(known), files, before, after: timelines(place) };
}

/** What one process broke. */
export function violationsBy(ran: Ran, scene: Scene): string[] {
  const say = (what: string) => `${what} (llmops ${ran.argv.join(" ")}, exit ${ran.ended.code ?? ran.ended.signal})`;
  return [
    ...falseWords(ran, scene),
    ...unannounced(ran),
    ...lost(ran, scene),
    ...strayFiles(ran, scene),
    ...wrongEnd(ran),
  ].map(say);
}

/** I1: what is printed as done is on the timeline, which `standing` holds against the server. */
function falseWords({ ended, after }: Ran, { api, original }: Scene): string[] {
  const printed = ended.stdout + ended.stderr;
  const all = [...after.values()].flatMap(intentsIn);
  const wrong: string[] = [];
  for (const [, id] of printed.matchAll(/\b(m\d+) is live\./g))
    if (!all.some((intent) => intent.id === id && intent.state === "applied"))
      wrong.push(`I1 says that ${id} is live, and the timeline does not`);
  for (const [, value] of printed.matchAll(/^ {2}\d\d:\d\d:\d\d m\d+ read back (.+)$/gm))
    if (!all.some((intent) => intent.state === "applied" && JSON.stringify(intent.change.after.is) === value))
      wrong.push(`I1 says that ${value} was read back, and the timeline does not`);
  if (
    /✓.*(in effect|helped)|\bverified\b/i.test(printed) &&
    !/"verdict":"(yes|helped)"/.test([...after.values()].join())
  )
    wrong.push("I1 says that it was verified, and the timeline does not");
  const untouched = [...original].every(([path, text]) => api.documents.get(path) === text);
  if (/Nothing is changed in production/.test(printed) && !untouched)
    wrong.push("I1 says that nothing is changed in production, and something is");
  return wrong;
}

/** I2, I3 and I10: each request has an intent of its own process, which was on the timeline when it arrived. */
function unannounced({ writes, before }: Ran): string[] {
  const known = new Set([...before.values()].flatMap(intentsIn).map(({ key }) => key));
  const used = new Set<string>();
  return writes.flatMap((write) => {
    const open = intentsIn(write.witnessed).filter(({ state }) => state === "in-doubt");
    const fits = open.filter(({ change }) => write.path === pathOf(change) && carries(write, change));
    const mine = fits.find(({ key }) => !used.has(key) && !known.has(key));
    if (mine !== undefined) used.add(mine.key);
    else if (fits.length === 0) return [`I2 ${write.method} ${write.body} came without an intent on the timeline`];
    else if (fits.some(({ key }) => used.has(key))) return [`I10 ${write.body} came a second time for one intent`];
    else return [`I3 the intent ${fits[0]!.key} of an earlier process was sent again`];
    return [];
  });
}

/** I4: whole lines stay, but for contents that a record says were erased; a torn one stays too, in the file that the timeline names. */
function lost({ before, after }: Ran, { place }: Scene): string[] {
  return [...after].flatMap(([incident, now]) => {
    const old = before.get(incident) ?? "";
    const whole = old.slice(0, old.lastIndexOf("\n") + 1);
    const torn = old.slice(whole.length);
    if (!keeps(now, whole)) return [`I4 ${incident}: lines of the timeline are not there any more`];
    if (torn === "" || now.startsWith(old)) return chainOf(incident, now);
    const kept = asideIn(place, incident).some(([name, text]) => text === torn && now.includes(JSON.stringify(name)));
    return [
      ...(kept ? [] : [`I4 ${incident}: the torn line is gone, or no record names it`]),
      ...chainOf(incident, now),
    ];
  });
}

function keeps(now: string, whole: string): boolean {
  if (now.startsWith(whole)) return true;
  const lines = now.split("\n");
  return whole
    .split("\n")
    .slice(0, -1)
    .every((line, i) => {
      const event = JSON.parse(line) as { seq: number };
      const erased = now.includes(`"type":"erased","payload":{"seq":${event.seq},`);
      return lines[i] === line || (erased && lines[i] === harmlessJson({ ...event, payload: null }));
    });
}

function chainOf(incident: string, text: string): string[] {
  const { events, bad } = parseTimeline(text);
  const broken = verifyChain(events);
  return [
    ...bad.map(({ line, why }) => `I4 ${incident}: line ${line} is ${why}`),
    ...(broken === undefined ? [] : [`I4 ${incident}: ${broken.why}`]),
    ...events.flatMap((event) => {
      const { seq } = (event.type === "erased" ? event.payload : {}) as { seq?: number };
      return seq === undefined || events[seq - 1]?.payload === null
        ? []
        : [`I4 ${incident}: #${seq} is said to be erased`];
    }),
  ];
}

function asideIn(place: Place, incident: string): [string, string][] {
  const folder = join(place.timelines, incident);
  return readdirSync(folder)
    .filter((name) => name !== "timeline.jsonl")
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]);
}

/** I11: nothing outside of the state folder but what was asked for or is named to people; nobody else may read it. */
function strayFiles({ ended, files }: Ran, { place, outputs }: Scene): string[] {
  const named = (ended.stdout + ended.stderr).replace(/\s/g, "");
  return filesIn(place)
    .filter((name) => !files.has(name))
    .flatMap((name) => {
      const [top = ""] = name.split("/");
      // beside an output a crash may leave the file that was to become it
      if (outputs.some((output) => top === output || top.startsWith(`.${output}.`))) return [];
      const status = lstatSync(join(place.folder, name));
      const [mode, wanted] = [status.mode & 0o777, status.isDirectory() ? 0o700 : 0o600];
      return [
        ...(top === ".llmops" || named.includes(top) ? [] : [`I11 ${name} was made, and nobody is told`]),
        ...(mode === wanted ? [] : [`I11 ${name} has mode ${mode.toString(8)}`]),
      ];
    });
}

/** Names below the place. */
function filesIn(place: Place): string[] {
  return readdirSync(place.folder, { recursive: true, encoding: "utf8" });
}

const designed = [0, 1, 2, 3, 4, 5, 6, 129, 130, 143];

/** I7, and no defect shows. */
function wrongEnd({ ended, hit, before, after }: Ran): string[] {
  const text = ended.stdout + ended.stderr;
  const wrong = /This is a bug in llmops|A defect of this program/.test(text) ? [`I7 a bug shows: ${text}`] : [];
  if (ended.signal !== null) return hit ? wrong : [...wrong, "I7 it did not end by itself"];
  if (!designed.includes(ended.code!)) wrong.push(`I7 exit ${ended.code} is none of the design's`);
  const known = new Set([...before.values()].flatMap(intentsIn).map(({ key }) => key));
  const left = [...after.values()].flatMap(intentsIn).some(({ key, state }) => state === "in-doubt" && !known.has(key));
  if (ended.code === 3 && left) wrong.push("I7 exit 3 says that nothing changed, and a change of its own is in doubt");
  if (ended.code === 0 && left) wrong.push("I7 exit 0, and a change of its own is in doubt");
  return wrong;
}

function carries({ method, body }: Exchange, { setting, after }: Intent["change"]): boolean {
  return method !== "DELETE" && say(valueIn(body, setting)) === say(after);
}

function timelines(place: Place): Map<string, string> {
  return new Map(place.incidents().map((id) => [id, place.timeline(id)]));
}
