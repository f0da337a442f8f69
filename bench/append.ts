import { open } from "node:fs/promises";
import { join } from "node:path";
import { fact } from "../src/timeline/event.ts";
import { openFileStore } from "../src/timeline/fileStore.ts";
import { beginRecorder } from "../src/timeline/recorder.ts";
import { realClock } from "../src/world/clock.ts";
import { realFiles } from "../src/world/files.ts";
import { realRandom } from "../src/world/random.ts";
import { openSecrets } from "../src/redact/known.ts";
import type { World } from "../src/world/world.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder } from "./process.ts";

const rounds = 300;

/** A note made durable, against the same bytes appended and synced to a file that stays open. They take turns. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const world = {
      cwd: folder,
      files: realFiles,
      clock: realClock,
      random: realRandom,
      secrets: openSecrets(),
      afterwards: [],
    } as unknown as World;
    const store = openFileStore(world, join(folder, ".llmops"));
    const note = fact("noted", { text: "Saw another answer go wrong, the third within a minute" });
    const recorder = await beginRecorder(store, "INC-1121-aaaa", { by: "bench", host: "bench" }, [note]);
    const bare = await open(join(folder, "bare"), "a");
    const line = `${JSON.stringify({ ...note, at: 0, by: "bench", host: "bench", digest: "0".repeat(64), prev: "0".repeat(64) })}\n`;
    const [ours, theirs]: number[][] = [[], []];
    for (let i = 0; i < rounds; i++) {
      ours!.push(await timed(() => recorder.record(note)));
      theirs!.push(
        await timed(async () => {
          await bare.write(line);
          await bare.sync();
        }),
      );
    }
    await bare.close();
    // pairs that ran one right after the other: what else the machine does hits both
    const ratio = median(ours!.map((ms, i) => ms / theirs![i]!));
    // what is ours is a third of a millisecond, whatever the disk: the ratio tells nothing without what it is a ratio of
    const fsync = `${median(theirs!).toFixed(2)} ms`;
    return [{ name: `durable append, against a bare write and fsync (${fsync})`, ratio, aim: "≤ 1.5" }];
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
