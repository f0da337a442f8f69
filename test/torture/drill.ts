import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { changesOn } from "../../src/timeline/changes.ts";
import { shorten } from "../../src/harmless.ts";
import { first, grounds as known, routes, type Ground, type Turned } from "./drillGrounds.ts";
import { openPlace, type Ended, type Place } from "./place.ts";
import { live, settle, undo, undoAll } from "./raceLever.ts";
import { factsOf, recordsOf } from "./record.ts";
import { seeded, type Extent, type Report, type Torture, type Violation } from "./torture.ts";

/** So many mitigations and undos, and so many processes at once. */
const doings: Record<Extent, number> = { some: 40, round: 500, all: 2000 };
const hands = 4;
const models = ["large", "middle", "small", "tiny"];
/** so many of a hundred are killed in the midst */
const killed = 12;

/**
 * Four people change and take back what five real config APIs hold, and some die over it. In the end every lever holds
 * what the timelines say, nothing was applied twice, nothing is in doubt; and when all is taken back, every byte is as it was.
 */
export const drill: Torture = {
  name: "drill",
  needs: ["etcd", "redis-server", "caddy", "git"],
  async run({ seed, extent, progress }): Promise<Report> {
    const random = seeded(seed);
    const grounds = await Promise.all(Object.values(known).map((open) => open()));
    const place = openOn(grounds);
    const violations: Violation[] = [];
    const wrong = (...what: string[]) =>
      violations.push(...what.map((one) => ({ what: shorten(one, 600), point: "whole" })));
    try {
      const before = await bytesOf(grounds, place);
      let left = doings[extent];
      const hand = async () => {
        while (left-- > 0) {
          const argv = next(grounds, place, random);
          wrong(...wrongEnd(await carryOut(argv, place, random), argv));
          if (left > 0 && left % 100 === 0) progress?.(`${left} of ${doings[extent]} left`);
        }
      };
      await Promise.all(Array.from({ length: hands }, hand));
      wrong(...(await settle(place)), ...recordsOf(place).wrong);
      for (const ground of grounds) wrong(...(await wrongLevers(ground, place)), ...(await wrongCount(ground, place)));
      wrong(...(await undoAll(place, random)), ...recordsOf(place).wrong);
      for (const ground of grounds) wrong(...(await wrongCount(ground, place)));
      const after = await bytesOf(grounds, place);
      for (const [name, text] of after)
        if (text !== before.get(name))
          wrong(`I12: after all undos ${name} holds ${text} instead of ${before.get(name)}`);
      return { points: doings[extent], violations };
    } finally {
      place.remove();
      await Promise.all(grounds.map((ground) => ground.close()));
    }
  },
};

/** A place whose project has these as its targets. */
export function openOn(grounds: readonly Ground[]): Place {
  const targets = grounds.map(({ name, project }) => `  ${name}: ${project}\n`).join("");
  const around = Object.assign({}, ...grounds.map(({ env }) => env)) as Record<string, string>;
  const place = openPlace(
    `targets:\n${targets}defaults: { for: 2h }\nmodels: [${models.join(", ")}]\n`,
    undefined,
    around,
  );
  for (const { files = {} } of grounds)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place.folder, name), text);
  return place;
}

async function bytesOf(grounds: readonly Ground[], { folder }: Place): Promise<Map<string, string>> {
  return new Map(await Promise.all(grounds.map(async (ground) => [ground.name, await ground.bytes(folder)] as const)));
}

/** A new change, or somebody's change taken back. */
function next(grounds: readonly Ground[], place: Place, random: () => number): string[] {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const standing = random() < 0.4 ? live(place) : [];
  if (standing.length > 0) return undo(one(standing));
  const what = one([
    ["token-clamp", "--with", `max_tokens=${1 + Math.floor(random() * 4000)}`],
    ["model-switch", "--with", `model=${one(models)}`],
    ["kill-switch"],
  ]);
  const where = ["--target", one(grounds).name, "--scope", `route=${one(routes)}`];
  return ["mitigate", ...what, ...where, "--reason", "drill", "--yes", "--wait", "none"];
}

async function carryOut(argv: string[], place: Place, random: () => number): Promise<Ended> {
  const dies = random() * 100 < killed;
  const after = 100 + random() * 900;
  const { child, ended } = place.start(argv, { timeoutMs: 240_000 });
  if (!dies) return ended;
  const timer = setTimeout(() => child.kill("SIGKILL"), after);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}

/** 0: done · 2: somebody else took it back meanwhile · 3: a lower cap is there · 5: somebody was first */
function wrongEnd({ code, signal, stderr }: Ended, argv: readonly string[]): string[] {
  if (signal === "SIGKILL" || code === 0) return [];
  const said = `${argv.join(" ")} ended with ${code}`;
  if (![2, 3, 5].includes(code ?? -1)) return [`I7: ${said}: ${stderr}`];
  return stderr.includes("production changed: no")
    ? []
    : [`I8: ${said} and does not say that nothing changed: ${stderr}`];
}

/** Each lever holds what the change on top of it says, or what was there at first. */
export async function wrongLevers(ground: Ground, place: Place): Promise<string[]> {
  const { incidents } = recordsOf(place);
  const wrong: string[] = [];
  for (const route of routes)
    for (const setting of Object.keys(first) as Turned[]) {
      const lever = { target: ground.name, setting, scope: { route } };
      const top = changesOn(lever, incidents).findLast(({ tracked }) => tracked.state === "applied");
      const after = top?.tracked.change.after;
      const wanted = after === undefined ? first[setting] : "is" in after ? after.is : undefined;
      const now = await ground.value(setting, route, place.folder);
      if (!isDeepStrictEqual(now, wanted))
        wrong.push(
          `I1: ${ground.name} ${route} ${setting} is ${JSON.stringify(now)}, the timelines say ${JSON.stringify(wanted)}`,
        );
    }
  return wrong;
}

/** The server has counted as many changes as the timelines say were applied: none twice, none that nobody intended. */
export async function wrongCount(ground: Ground, place: Place, before = 0): Promise<string[]> {
  const now = await ground.changes();
  if (now === undefined) return [];
  const counted = now - before;
  const { incidents } = recordsOf(place);
  const applied = new Set(
    [
      ...factsOf(incidents, "read-back").map(({ incident, payload: { change, as } }) => ({ incident, change, as })),
      ...factsOf(incidents, "settled").map(({ incident, payload: { change, as } }) => ({ incident, change, as })),
    ]
      .filter(({ as }) => as === "applied")
      .map(({ incident, change }) => `${incident} ${change}`),
  );
  const here = factsOf(incidents, "intended").filter(
    ({ incident, payload: { change } }) => change.target === ground.name && applied.has(`${incident} ${change.id}`),
  );
  return here.length === counted
    ? []
    : [`I10: ${ground.name} was changed ${counted} times, and the timelines tell of ${here.length}`];
}
