import { clockOff } from "./clock.ts";
import type { Going } from "./place.ts";

/** The program a minute from now by every clock: what was sent and not answered has arrived by then, or never will. */
export const later: Going = { env: { ...clockOff("+60s").env, FAKETIME_DONT_FAKE_MONOTONIC: "0" } };
