import { resolve } from "node:path";
import type { Finding } from "../document/document.ts";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { applyFixes } from "../lint/fix.ts";
import { recognise } from "../lint/read.ts";
import type { World } from "../world/world.ts";
import type { Look } from "./lint.ts";

/** A fix can bring another mistake to light; what goes on longer than this goes in circles. */
const mostRounds = 10;

/**
 * Looks, writes what is certain, and looks again until nothing is left to write. Only files that were looked at are
 * written, each whole or not at all.
 */
export async function fixAll(
  { files, cwd }: Pick<World, "files" | "cwd">,
  look: () => Promise<Look>,
): Promise<{ look: Look; fixed: Finding[] }> {
  const fixed: Finding[] = [];
  for (let round = 0; ; round++) {
    const seen = await look();
    let wrote = false;
    for (const [file, text] of round < mostRounds ? seen.written : []) {
      const found = seen.findings.filter((one) => one.file === file && one.fix !== undefined);
      const { text: mended, applied } = applyFixes(text, found);
      // a fix never makes a file unreadable
      if (mended === text || recognise({ file, text: mended }).document === undefined) continue;
      await write(resolve(cwd, file), text, mended);
      fixed.push(...applied);
      wrote = true;
    }
    if (!wrote) return { look: seen, fixed };
  }

  async function write(path: string, before: string, after: string): Promise<void> {
    try {
      if ((await files.read(path)) !== before)
        throw new UserError({ what: `${harmless(path)} was changed while it was checked`, code: exit.conflict });
      await files.replace(path, after);
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      throw new UserError({
        what: `--fix stopped: ${thrown.what}`,
        details: fixed.length === 0 ? ["No file was changed."] : ["Changed before:", ...fixed.map(sayFixed)],
        next: thrown.next ?? "mend that file by hand, and run it again",
        code: thrown.code,
      });
    }
  }
}

/** "runbooks/cost-spike.yaml:12: fixed unknown-id" */
export function sayFixed({ file, at, rule }: Finding): string {
  return `${harmless(file)}:${at.line}: fixed ${rule}`;
}
