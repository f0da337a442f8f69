import { realFiles } from "../../../src/world/files.ts";

// Appends a numbered line, the number being one more than the lines that stand there: only right under a lock.
const [lock, file, times] = process.argv.slice(2) as [string, string, string];
for (let i = 0; i < Number(times); i++) {
  await realFiles.locked(lock, 30_000, async () => {
    const lines = ((await realFiles.read(file)) ?? "").split("\n").length;
    await realFiles.append(file, `${lines}\n`);
  });
}
