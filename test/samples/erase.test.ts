import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { crash } from "../torture/crash.ts";

const missing = crash.needs.filter((program) => spawnSync(program, ["-V"]).error !== undefined);
const skipped = process.env["CI"] === undefined && missing.length > 0;

// All of its points: npm run torture -- --only crash
it.skipIf(skipped).each(["write", "fsync", "rename"])(
  "K09, A09: erasing is killed at, or fails in, each %s: the content is there or not, and the record says which",
  async (call) => {
    const { points, violations } = await crash.run({ seed: 20261121, extent: "some", point: `erase:${call}` });
    expect(violations).toEqual([]);
    expect(points).toBeGreaterThan(1);
  },
  300_000,
);
