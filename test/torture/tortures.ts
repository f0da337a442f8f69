import type { Torture } from "./torture.ts";

/** Every torture, in the order in which they run. One line each. */
export const tortures: readonly Torture[] = [];
