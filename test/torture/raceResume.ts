import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runTogether } from "./barrier.ts";
import { openRaceTrack } from "./raceIncident.ts";
import type { Size } from "./races.ts";
import { factsOf, recordsOf } from "./record.ts";

/** Several resume one walk: one walks it, the others are told who does, and nothing is done twice. */
export async function raceToResume(random: () => number, { most }: Size): Promise<string[]> {
  const { place, incident } = await openRaceTrack("http://127.0.0.1:9");
  try {
    const resume = ["incident", "resume", incident, "--answers", "all.yaml"];
    const walkers = Math.max(2, Math.ceil(random() * Math.min(most, 8)));
    const ended = await runTogether(
      place,
      Array.from({ length: walkers }, () => resume),
    );
    const { incidents, wrong } = recordsOf(place);
    const walked = join(place.folder, "walked.txt");
    const times = existsSync(walked) ? readFileSync(walked, "utf8").split("\n").length - 1 : 0;
    if (times !== 1) wrong.push(`I10: the program was run ${times} times`);
    const runs = factsOf(incidents, "ran").filter(({ payload }) => payload.phase === "intended").length;
    if (runs !== 1) wrong.push(`I2: ${runs} runs were intended`);
    if (!ended.some(({ code }) => code === 0)) wrong.push("nobody walked");
    for (const { code, stderr } of ended) {
      const told = /locked by process \d+ on \S+/.test(stderr.replaceAll(/\s+/g, " "));
      if (code !== 0 && !(code === 5 && told))
        wrong.push(`I8: ended with ${code} and did not say who walks: ${stderr}`);
    }
    return wrong;
  } finally {
    place.remove();
  }
}
