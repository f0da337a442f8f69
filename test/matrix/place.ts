import type { Target } from "../../src/targets/target.ts";

/** A server, or a file, that holds all settings of `start`, and a target on it. */
export interface Place {
  target: Target;
  /** everything that it holds, byte for byte, as it tells it itself and not through the target */
  bytes(): Promise<string>;
  close(): Promise<void> | void;
}

/** One column of the matrix. */
export interface Column {
  /** of the target kind, and more words where it has several: "file (yaml)" */
  name: string;
  kind: string;
  /** its program is not installed here */
  isMissing?: boolean;
  open(): Promise<Place>;
}
