import { openExec } from "../../../src/world/exec.ts";

/** Runs a program that prints a secret, and tells nobody. */
const result = await openExec(process.env)([process.execPath, "-e", "console.log('s3cr'.concat('3t'))"], {
  timeoutMs: 10_000,
});
process.stdout.write(`code ${result.code}, ${result.stdout.length} characters\n`);
