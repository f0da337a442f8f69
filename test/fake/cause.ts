import type { Cause } from "../../src/timeline/setting.ts";

/** On whose behalf a test changes something. */
export const cause: Cause = { incident: "INC-1121-aaaa", reason: "answers cost ten times as much", by: "dana" };
