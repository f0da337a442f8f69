import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openConfigApi, type ConfigApi } from "./configApi.ts";
import { cases, type Case } from "./crashCases.ts";
import { askIn, notRestored, runIn, violationsBy, type Scene } from "./invariants.ts";
import { intentsIn } from "./intents.ts";
import { openPlace, projectOn, type Going, type Place } from "./place.ts";
import { countCalls, faultAt, type Call, type Calls } from "./strace.ts";
import { seeded, type Report, type Setting, type Torture, type Violation } from "./torture.ts";

/**
 * The crash matrix: each command is killed at each of its calls that concern the state folder, the network or what it
 * prints, or such a call fails; then the program is asked what it knows, the natural next command is run, and at the end
 * every change is undone. After each of these the invariants hold.
 */
export const crash: Torture = { name: "crash", needs: ["strace", "faketime"], run: runCrash };

interface Point {
  /** "mitigate:fsync:2", "note:write:1:ENOSPC", "mitigate:main.connect:3" */
  name: string;
  of: Prepared;
  call: Call;
  fault: string;
}

/** A case, made once and copied for each of its points. */
interface Prepared {
  one: Case;
  template: Place;
  incident: string;
  documents: ReadonlyMap<string, string>;
  calls: Calls;
}

const original = new Map([
  ["/routes/support.reply", '{"max_tokens": 4096,\n "model": "big", "seed": 12345678901234567890, "enabled": true}'],
]);

async function runCrash({ seed, extent, point: only, progress }: Setting): Promise<Report> {
  const lanes = await Promise.all([openLane(), openLane()]);
  const prepared: Prepared[] = [];
  try {
    const wanted = cases.filter(({ name, brief }) =>
      only === undefined ? extent === "all" || brief === true : isIn(name, only) || isIn(only, name),
    );
    await shared(wanted, lanes, async (one, lane) => void prepared.push(await prepare(one, lane)));
    const violations = prepared.flatMap(unsynced);
    const named = prepared.flatMap(pointsOf).filter(({ name }) => only === undefined || isIn(only, name));
    const all = shuffled(named, seeded(seed));
    const points = extent === "all" ? all : some(all, 40);
    let done = 0;
    await shared(points, lanes, async (point, lane) => {
      const found = await runPoint(point, lane, seed);
      for (const { what, point: at } of found) progress?.(`${at}: ${what}`);
      violations.push(...found);
      if (++done % 50 === 0) progress?.(`crash: ${done} of ${points.length}, ${violations.length} violations`);
    });
    for (const line of table(points)) progress?.(line);
    return { points: points.length, violations };
  } finally {
    for (const { template } of prepared) template.remove();
    for (const { api } of lanes) await api.close();
  }
}

/** Each lane takes the next of them when it is free. */
async function shared<T>(all: readonly T[], lanes: readonly Lane[], work: (one: T, lane: Lane) => Promise<void>) {
  const waiting = [...all];
  const go = async (lane: Lane) => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one, lane);
  };
  await Promise.all(lanes.map(go));
}

/** "mitigate:fsync" names all points that begin so. */
function isIn(group: string, name: string): boolean {
  return name === group || name.startsWith(`${group}:`);
}

/** One config API for one point at a time. */
interface Lane {
  api: ConfigApi;
  place?: Place;
}

async function openLane(): Promise<Lane> {
  const lane = {} as Lane;
  lane.api = await openConfigApi({
    documents: Object.fromEntries(original),
    witness: () => lane.place?.timeline() ?? "",
  });
  return lane;
}

async function prepare(one: Case, lane: Lane): Promise<Prepared> {
  restore(lane.api, original);
  const template = openPlace(projectFor(lane, true));
  await one.prepare(template);
  const [incident = ""] = template.incidents();
  const known = { one, template, incident, documents: new Map(lane.api.documents) };
  const open = async () => ({ place: copyOf(known, lane), argv: one.argv(incident) });
  return { ...known, calls: await countCalls(open, one.outputs ?? []) };
}

/** A walk looks for a verdict every twentieth of the window; elsewhere such looks would only come between. */
function projectFor({ api }: Lane, walks: boolean): string {
  const project = projectOn(api.url, "runbooks: runbooks\n");
  return walks ? project.replace("defaults: {", "defaults: { window: 1s,") : project;
}

function copyOf({ one, template, documents }: Omit<Prepared, "calls">, lane: Lane): Place {
  restore(lane.api, documents);
  const place = openPlace(projectFor(lane, one.walks === true));
  const project = join(template.folder, "llmops.yaml");
  cpSync(template.folder, place.folder, { recursive: true, filter: (from) => from !== project });
  return (lane.place = place);
}

function restore(api: ConfigApi, documents: ReadonlyMap<string, string>): void {
  api.journal.length = 0;
  api.documents.clear();
  for (const [path, text] of documents) api.documents.set(path, text);
}

/** Killed before every call that changes something, and before what reads after it; and what fails on real disks fails. */
function pointsOf(of: Prepared): Point[] {
  const onlyReads = (call: Call | undefined) => call?.name === "openat" && !call.text.includes("O_CREAT");
  return of.calls.calls.flatMap((call, at, all) => {
    const name = `${of.one.name}:${call.id}`;
    const fails = (call.path === undefined ? [] : (failing[call.name] ?? [])).map((fault) => ({
      name: `${name}:${fault}`,
      of,
      call,
      fault,
    }));
    const asBefore = onlyReads(call) && onlyReads(all[at - 1]);
    return asBefore ? fails : [{ name, of, call, fault: "KILL" }, ...fails];
  });
}

const failing: Record<string, string[]> = {
  openat: ["EMFILE"],
  write: ["ENOSPC", "EIO"],
  fsync: ["EIO"],
  ftruncate: ["EIO"],
  rename: ["EIO"],
  link: ["EIO"],
  mkdir: ["ENOSPC"],
};

/** Mixed, the same for the same seed. */
function shuffled(all: readonly Point[], random: () => number): Point[] {
  const byName = all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((point) => ({ point, at: random() }));
  return byName.toSorted((a, b) => a.at - b.at).map(({ point }) => point);
}

/** As many of each command. */
function some(all: readonly Point[], wanted: number): Point[] {
  const names = [...new Set(all.map(({ of }) => of.one.name))].toSorted();
  const share = Math.ceil(wanted / names.length);
  return names.flatMap((name) => all.filter(({ of }) => of.one.name === name).slice(0, share)).slice(0, wanted);
}

async function runPoint(point: Point, lane: Lane, seed: number): Promise<Violation[]> {
  const { of, call } = point;
  const say = (what: string) => ({ what: `${what}\n    at ${call.text}`, point: point.name });
  // where two things go on at once, a call may come one earlier or later than in the counting run
  for (let tries = 0; tries < 4; tries++) {
    const place = copyOf(of, lane);
    const scene: Scene = { place, api: lane.api, original, outputs: of.one.outputs ?? [] };
    try {
      const wrong = await tortured(point, scene, seed);
      if (wrong !== "not reached") return wrong.map(say);
    } catch (thrown) {
      return [say(String(thrown))];
    } finally {
      place.remove();
    }
  }
  return [say("the call was not reached")];
}

async function tortured(
  { name, of, call, fault }: Point,
  scene: Scene,
  seed: number,
): Promise<string[] | "not reached"> {
  const { one, incident } = of;
  const { place } = scene;
  const old = outputsOf(scene);
  const hit = await runIn(scene, one.argv(incident), faultAt(call, fault, place), true);
  if (fault === "KILL" && hit.ended.signal !== "SIGKILL") return "not reached";
  const wrong = violationsBy(hit, scene);
  wrong.push(...cutOff(scene, old));

  const asked = await askIn(scene, {}, true);
  wrong.push(...asked.violations);
  // a write that nobody answered could arrive for a while: what comes next comes after that
  const doubtful = place.timeline() !== "" && intentsIn(place.timeline()).some(({ state }) => state === "in-doubt");
  const later: Going = doubtful ? { under: ["faketime", "-f", "+60s"] } : {};
  const choices = one.next(asked.told, incident);
  const next = await runIn(scene, choices[Math.floor(seeded(seed + numberOf(name))() * choices.length)]!, later);
  wrong.push(...violationsBy(next, scene));
  if (next.ended.code !== 0)
    wrong.push(`llmops ${next.argv.join(" ")} does not work after it: exit ${next.ended.code}: ${next.ended.stderr}`);

  const now = await askIn(scene, later, false);
  wrong.push(...now.violations);
  for (const { incident: id, id: change } of now.told.carried.toReversed()) {
    const undo = ["mitigation", "undo", change, "--incident", id, "--reason", "over", "--yes"];
    const undone = await runIn(scene, undo, later);
    wrong.push(...violationsBy(undone, scene));
    if (undone.ended.code !== 0)
      wrong.push(`llmops ${undo.join(" ")}: exit ${undone.ended.code}: ${undone.ended.stderr}`);
  }
  return [...wrong, ...notRestored(scene)];
}

/** A file that was asked for is as it was, or whole. */
function cutOff(scene: Scene, old: Map<string, string>): string[] {
  return [...outputsOf(scene)].flatMap(([name, text]) =>
    text === old.get(name) || /\n<!-- llmops [0-9a-f]{64} -->\n$/.test(text) ? [] : [`A08 ${name} is cut off`],
  );
}

function outputsOf({ place, outputs }: Scene): Map<string, string> {
  const there = outputs.filter((name) => existsSync(join(place.folder, name)));
  return new Map(there.map((name) => [name, readFileSync(join(place.folder, name), "utf8")]));
}

/** Of the untouched command: it works, and what it wrote to the timeline was fsynced before anything left by the wire. */
function unsynced({ one, calls: { log, ended } }: Prepared): Violation[] {
  const say = (what: string) => [{ what, point: one.name }];
  if (ended.code !== 0) return say(`untouched it ends with ${ended.code}: ${ended.stderr}`);
  let pending = false;
  for (const line of log.split("\n")) {
    if (/ write\(\d+<[^>]*timeline\.jsonl>/.test(line)) pending = true;
    // told twice where another thread did something meanwhile; this process fsyncs one thing at a time
    if (/ fsync\(\d+<[^>]*timeline\.jsonl>\) += 0|<\.\.\. fsync resumed>\) += 0/.test(line)) pending = false;
    if (pending && / writev?\(\d+<(socket|TCP)/.test(line))
      return say(`I2 a request leaves before the record is durable: ${line}`);
  }
  return pending ? say("I2 a record was never made durable") : [];
}

/** How many points there are, by command and by what happens to which call. */
function table(points: readonly Point[]): string[] {
  const rows = new Map<string, Map<string, number>>();
  for (const { of, call, fault } of points) {
    const kind = fault === "KILL" ? call.name : `${call.name} ${fault}`;
    const row = rows.get(of.one.name) ?? new Map<string, number>();
    rows.set(of.one.name, row.set(kind, (row.get(kind) ?? 0) + 1));
  }
  return [...rows].map(([name, row]) => {
    const sum = [...row.values()].reduce((a, b) => a + b, 0);
    return `${name.padEnd(11)} ${String(sum).padStart(4)}  ${[...row].map(([kind, n]) => `${kind} ${n}`).join(", ")}`;
  });
}

/** A number that a point's name determines. */
function numberOf(name: string): number {
  return Buffer.from(name).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
}
