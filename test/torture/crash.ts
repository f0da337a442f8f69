import { cases } from "./crashCases.ts";
import { openLane, prepare, type Lane, type Prepared } from "./crashLane.ts";
import { runPoint, type Point } from "./crashPoint.ts";
import type { Call } from "./strace.ts";
import { mixed, seeded, type Extent, type Report, type Setting, type Torture, type Violation } from "./torture.ts";

/**
 * The crash matrix: each command is killed at each of its calls that concern the state folder, the network or what it
 * prints, or such a call fails; then the program is asked what it knows, the natural next command is run, and at the end
 * every change is undone. After each of these the invariants hold.
 */
export const crash: Torture = { name: "crash", needs: ["strace", "faketime"], run: runCrash };

const most: Record<Extent, number> = { some: 30, round: 350, all: Infinity };

async function runCrash({ seed, extent, point: only, progress }: Setting): Promise<Report> {
  const lanes = await Promise.all([openLane(), openLane()]);
  const prepared: Prepared[] = [];
  try {
    const wanted = cases.filter(({ name, brief }) =>
      only === undefined ? extent !== "some" || brief === true : isIn(name, only) || isIn(only, name),
    );
    await shared(wanted, lanes, async (one, lane) => void prepared.push(await prepare(one, lane)));
    const violations = prepared.flatMap(unsynced);
    const named = prepared.flatMap(pointsOf).filter(({ name }) => only === undefined || isIn(only, name));
    const byName = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const points = evenly(mixed(byName, seeded(seed)), most[extent]);
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

/** As many of each command, as far as it has them. */
function evenly(all: readonly Point[], wanted: number): Point[] {
  const turns = new Map<string, number>();
  const drawn = all.map((point) => {
    const turn = turns.get(point.of.one.name) ?? 0;
    turns.set(point.of.one.name, turn + 1);
    return { point, turn };
  });
  return drawn
    .toSorted((a, b) => a.turn - b.turn)
    .slice(0, wanted)
    .map(({ point }) => point);
}

/** Of the untouched command: it works, and what it wrote to the timeline was fsynced before a change left by the wire. */
function unsynced({ one, calls: { log, ended } }: Prepared): Violation[] {
  const say = (what: string) => [{ what, point: one.name }];
  if (ended.code !== 0) return say(`untouched it ends with ${ended.code}: ${ended.stderr}`);
  let pending = false;
  for (const line of log.split("\n")) {
    if (/ write\(\d+<[^>]*timeline\.jsonl>/.test(line)) pending = true;
    // told twice where another thread did something meanwhile; this process fsyncs one thing at a time
    if (/ fsync\(\d+<[^>]*timeline\.jsonl>\) += 0|<\.\.\. fsync resumed>\) += 0/.test(line)) pending = false;
    if (pending && / writev?\(\d+<socket.*"(PUT|PATCH|POST|DELETE) /.test(line))
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
