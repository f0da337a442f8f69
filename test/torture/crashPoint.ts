import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copyOf, original, type Lane, type Prepared } from "./crashLane.ts";
import { intentsIn } from "./intents.ts";
import { runIn, violationsBy, type Ran, type Scene } from "./invariants.ts";
import { later } from "./later.ts";
import type { Going } from "./place.ts";
import { faultAt, type Call } from "./strace.ts";
import { askIn, notRestored, undosFor } from "./told.ts";
import { seeded, type Violation } from "./torture.ts";

/** One call of one command, and what happens at it. */
export interface Point {
  /** "mitigate:fsync:2", "note:write:1:ENOSPC", "mitigate:main.connect:3" */
  name: string;
  of: Prepared;
  call: Call;
  /** KILL, or an error like EIO */
  fault: string;
}

/** Does it, asks the program what it knows, goes on, and undoes everything; what did not hold on the way. */
export async function runPoint(point: Point, lane: Lane, seed: number): Promise<Violation[]> {
  const { of, call } = point;
  const say = (what: string) => ({ what: `${what}\n    at ${call.text.slice(0, 300)}`, point: point.name });
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

async function tortured(point: Point, scene: Scene, seed: number): Promise<string[] | "not reached"> {
  const { name, of, call, fault } = point;
  const { one, incident } = of;
  const { place } = scene;
  const old = outputsOf(scene);
  const hit = await runIn(scene, one.argv(incident), faultAt(call, fault, place), true);
  if (fault === "KILL" && hit.ended.signal !== "SIGKILL") return "not reached";
  const wrong = violationsBy(hit, scene);
  wrong.push(...cutOff(scene, old), ...unfounded(point, hit));

  const asked = await askIn(scene, {}, true);
  wrong.push(...asked.violations);
  // a write that nobody answered could arrive for a while: what comes next comes after that
  const doubtful = place.timeline() !== "" && intentsIn(place.timeline()).some(({ state }) => state === "in-doubt");
  const going: Going = doubtful ? later : {};
  const choices = one.next(asked.told, incident);
  const next = await runIn(scene, choices[Math.floor(seeded(seed + numberOf(name))() * choices.length)]!, going);
  wrong.push(...violationsBy(next, scene));
  if (next.ended.code !== 0)
    wrong.push(`llmops ${next.argv.join(" ")} does not work after it: exit ${next.ended.code}: ${next.ended.stderr}`);

  const now = await askIn(scene, going, false);
  wrong.push(...now.violations);
  for (const undo of undosFor(now.told)) {
    const undone = await runIn(scene, undo, going);
    wrong.push(...violationsBy(undone, scene));
    if (undone.ended.code !== 0)
      wrong.push(`llmops ${undo.join(" ")}: exit ${undone.ended.code}: ${undone.ended.stderr}`);
  }
  return [...wrong, ...notRestored(scene)];
}

/** I2: an intent that could not be made durable is none; nothing leaves for it. */
function unfounded({ of, call, fault }: Point, { writes }: Ran): string[] {
  const earlier = of.calls.calls.slice(0, of.calls.calls.indexOf(call) + 1);
  const written = earlier.findLast(({ name, path }) => name === "write" && path === call.path);
  const fails = fault !== "KILL" && (call.name === "write" || call.name === "fsync");
  if (!fails || !written?.text.includes('\\"type\\":\\"intended\\"')) return [];
  return writes.map(({ method, body }) => `I2 its intent is not durable, and ${method} ${body} left all the same`);
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

/** A number that a point's name determines. */
function numberOf(name: string): number {
  return Buffer.from(name).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
}
