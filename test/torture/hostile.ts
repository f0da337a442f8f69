import { corpus } from "../hostile/corpus.ts";
import { playNight } from "../hostile/night.ts";
import type { Torture } from "./torture.ts";

/**
 * Text of strangers in every entry of the program at once: night n puts the text n + e into entry e, so that as many
 * nights as there are texts put every text into every entry.
 */
export const hostile: Torture = {
  name: "hostile",
  needs: [],
  async run({ seed, extent, point, progress }) {
    const nights = { some: 12, round: 150, all: corpus.length }[extent];
    const first = seed % corpus.length;
    const asked = point === undefined ? Array.from({ length: nights }, (_, n) => n) : [Number(point)];
    const violations = [];
    let points = 0;
    for (const n of asked) {
      const entries = new Map<string, string>();
      const { faults } = await playNight(n, (entry) => {
        // texts of a kind stand together in the corpus: neighbours are taken apart
        const text = entries.get(entry) ?? corpus[(first + n + entries.size * 61) % corpus.length]!.text;
        entries.set(entry, text);
        return text;
      });
      points += entries.size;
      violations.push(...faults.map((fault) => ({ what: `I5: ${fault}`, point: String(n) })));
      if (n % 50 === 49) progress?.(`${n + 1} of ${nights} nights`);
    }
    return { points, violations };
  },
};
