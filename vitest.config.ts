import { defineConfig } from "vitest/config";
import { closing } from "./test/closing.ts";
import { faultTable } from "./test/faults/table.ts";

// Unhandled rejections and errors fail a run: vitest's own default, never to be turned off here.
export default defineConfig({
  test: {
    // For what hangs, not for what is slow: CI may be busy with other things.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests wait for programs and for clocks: more at once than there are processors.
    maxWorkers: 3,
    include: ["test/**/*.test.ts"],
    reporters: ["default", faultTable(), closing(Boolean(process.env["CI"]))],
    // "03:12 UTC, 04:12 here": what is here must not depend on where the tests run.
    env: { TZ: "UTC" },
  },
});
