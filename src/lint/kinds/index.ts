import type { FileKind } from "./kind.ts";
import { runbook } from "./runbook.ts";

/** Every kind of file that is checked. The last takes what no other knows as its own. */
export const fileKinds: readonly FileKind[] = [runbook];
