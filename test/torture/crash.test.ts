import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { crash } from "./crash.ts";

const missing = crash.needs.filter((program) => spawnSync(program, ["-V"]).error !== undefined);
const skipped = process.env["CI"] === undefined && missing.length > 0;

// All of its points: npm run torture -- --only crash
it.skipIf(skipped)(
  "A01, A07, A08, A09: start, note, mitigate, undo, close and postmortem are killed at, or fail in, 30 of their calls",
  async () => {
    const { points, violations } = await crash.run({ seed: 20261121, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBe(30);
  },
  300_000,
);
