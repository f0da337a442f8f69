import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { shorten } from "../../src/harmless.ts";
import { openConfigApi } from "./configApi.ts";
import type { Going, Place } from "./place.ts";
import { openRaceTrack, route } from "./raceIncident.ts";
import { live, original, undoAll, wrongLevers, wrongWrites } from "./raceLever.ts";
import { recordsOf } from "./record.ts";
import { seeded, type Extent, type Report, type Torture, type Violation } from "./torture.ts";

/** libfaketime to be preloaded; undefined where it is not installed */
export const faketime = ["/usr/lib", "/usr/local/lib"]
  .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []))
  .map((folder) => join(folder, "faketime", "libfaketime.so.1"))
  .find((path) => existsSync(path));

/** The program with a wall clock that is so far off; a clock that only counts is never off. */
export function clockOff(by: string): Going {
  const env = { LD_PRELOAD: faketime!, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_NO_CACHE: "1" };
  return { env };
}

/** "-2h", "-41 ms": no duration is negative, wherever it is said */
export const negative = /(^|[\s(|])[-−]\d+(\.\d+)? ?(ms|s|m|h|d)\b/m;

const offsets = ["+0", "-2h", "+1d", "-30m", "+5m", "-3d"];

/** Every command finds the wall clock at another time: what was stacked, undone and recorded is as if it had stood still. */
async function jump(random: () => number): Promise<string[]> {
  const api = await openConfigApi({ documents: { [route]: original }, witness: () => place.timeline() });
  const { place, incident } = await openRaceTrack(api.url);
  const wrong: string[] = [];
  const run = async (argv: readonly string[], allowed: readonly number[]) => {
    const { code, stdout, stderr } = await place.llmops(argv, clockOff(one(offsets, random)));
    const said = `${argv.slice(0, 4).join(" ")} ended with ${code}`;
    if (!allowed.includes(code ?? -1)) wrong.push(`I7: ${said}: ${shorten(stderr, 300)}`);
    const found = negative.exec(`${stdout}${stderr}`);
    if (found !== null) wrong.push(`E01: ${said} and says ${found[0]}`);
  };
  try {
    for (let n = 0; n < 8; n++) await run(command(n, incident, place, random), [0]);
    wrong.push(...wrongWrites(api), ...wrongLevers(place, api), ...recordsOf(place).wrong);
    for (const argv of [["incident", "show", incident], ["postmortem", incident], ["metrics"], ["mitigation", "list"]])
      await run(argv, [0]);
    wrong.push(...(await undoAll(place, random)));
    if (api.documents.get(route) !== original) wrong.push(`I12: after all undos it is ${api.documents.get(route)}`);
    return wrong;
  } finally {
    place.remove();
    await api.close();
  }
}

function command(n: number, incident: string, place: Place, random: () => number): string[] {
  const rest = ["--scope", "route=support.reply", "--reason", "clock", "--yes", "--wait", "none"];
  const where = random() < 0.5 ? ["--incident", incident] : [];
  const what = random();
  const carried = live(place);
  if (what < 0.5) return ["mitigate", "token-clamp", "--with", `max_tokens=${1000 - n}`, ...rest, ...where];
  if (what < 0.6) return ["incident", "note", `note ${n}`, incident];
  if (what < 0.7 || carried.length === 0) return ["watch", "--once"];
  const { id, incident: its } = one(carried, random);
  return ["mitigation", "undo", id, "--incident", its, "--yes", "--reason", "clock"];
}

function one<T>(of: readonly T[], random: () => number): T {
  return of[Math.floor(random() * of.length)]!;
}

const rounds: Record<Extent, number> = { some: 2, round: 20, all: 60 };

export const clock: Torture = {
  name: "clock",
  needs: ["faketime"],
  async run({ seed, extent, point, progress }): Promise<Report> {
    const random = seeded(seed);
    const all = Array.from({ length: rounds[extent] }, () => String(Math.floor(random() * 2 ** 31)));
    const asked = point === undefined ? all : [point];
    const violations: Violation[] = [];
    for (const [i, name] of asked.entries()) {
      for (const what of await jump(seeded(Number(name)))) violations.push({ what, point: name });
      if (i % 20 === 19) progress?.(`${i + 1} of ${asked.length} rounds`);
    }
    return { points: asked.length, violations };
  },
};
