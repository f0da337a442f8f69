import { clock } from "./clock.ts";
import { crash } from "./crash.ts";
import { disks } from "./disks.ts";
import { drill } from "./drill.ts";
import { hostile } from "./hostile.ts";
import { kills } from "./kills.ts";
import { terminal } from "./terminal.ts";
import { races } from "./races.ts";
import type { Torture } from "./torture.ts";

/** Every torture, in the order in which they run. One line each. */
export const tortures: readonly Torture[] = [crash, hostile, terminal, clock, disks, races, drill, kills];
