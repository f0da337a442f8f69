import { realFiles } from "../../../src/world/files.ts";

// Takes a lock, says so, and keeps it until it is killed.
await realFiles.locked(process.argv[2]!, 1000, async () => {
  process.stdout.write("locked\n");
  await new Promise(() => setInterval(() => {}, 1000));
});
