import type { Fault } from "./faultyProxy.ts";

/** One request: a write or a read. */
export interface Turn {
  /** 1, 2, … over the mutating requests; 0 for a read */
  write: number;
  /** how many reads came since the first mutating request; 0 before it */
  readsAfter: number;
}

/** Decides what becomes of it, whatever it is spoken in; it is waited for. */
export type Turns = (turn: Turn) => Fault | undefined | Promise<Fault | undefined>;

/** Counts what comes, and asks the script. */
export function countTurns(script: Turns): { writes(): number; next(kind: "write" | "read"): Promise<Fault> } {
  let [writes, readsAfter] = [0, 0];
  return {
    writes: () => writes,
    async next(kind) {
      if (kind === "write") writes++;
      else if (writes > 0) readsAfter++;
      const turn = kind === "write" ? { write: writes, readsAfter: 0 } : { write: 0, readsAfter };
      return (await script(turn)) ?? {};
    },
  };
}
