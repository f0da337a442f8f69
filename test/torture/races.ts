import { shorten } from "../../src/harmless.ts";
import { raceOnIncident } from "./raceIncident.ts";
import { raceOnLever } from "./raceLever.ts";
import { raceToResume } from "./raceResume.ts";
import { seeded, type Extent, type Report, type Torture, type Violation } from "./torture.ts";

/** One round: its seed decides everything but the order that the machine gives. What is wrong afterwards, in words. */
export type Race = (random: () => number, size: Size) => Promise<string[]>;

export interface Size {
  /** at most so many processes */
  most: number;
  /** some are killed: what they leave in doubt takes its time to settle */
  kills: boolean;
}

const kinds: Record<string, Race> = {
  incident: raceOnIncident,
  lever: (random, size) => raceOnLever(random, size, true),
  "lever-without-etag": (random, size) => raceOnLever(random, size, false),
  resume: raceToResume,
};

const rounds: Record<Extent, number> = { some: 6, round: 40, all: 200 };

/** Rounds that run side by side: most of a round is waiting. */
const lanes = 6;

export const races: Torture = {
  name: "races",
  needs: [],
  async run({ seed, extent, point, progress }): Promise<Report> {
    const random = seeded(seed);
    const points = Object.keys(kinds).flatMap((race) =>
      Array.from({ length: rounds[extent] }, (_, n) => `${race}:${n}:${Math.floor(random() * 2 ** 31)}`),
    );
    const violations: Violation[] = [];
    const asked = point === undefined ? points : [point];
    let done = 0;
    await inLanes(asked, async (name) => {
      const [race = "", n = "", from = ""] = name.split(":");
      for (const what of await kinds[race]!(seeded(Number(from)), sizeOf(Number(n), extent)))
        violations.push({ what: `${race}: ${shorten(what, 500)}`, point: name });
      if (++done % 50 === 0) progress?.(`${done} of ${asked.length} rounds`);
    });
    return { points: asked.length, violations };
  },
};

/** Now and then a crowd, now and then deaths. */
function sizeOf(round: number, extent: Extent): Size {
  if (extent === "some") return { most: round === 0 ? 6 : 3, kills: round === 1 };
  return { most: round % 100 === 30 ? 50 : round % 20 === 10 ? 12 : 5, kills: round % 8 === 1 };
}

async function inLanes(points: string[], work: (point: string) => Promise<void>): Promise<void> {
  const left = [...points];
  const lane = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) await work(point);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
