import type { Finding } from "../../document/document.ts";

/** A finding for programs: its place and its reason on one level. */
export function flat({ file, at, endColumn, suppressed, ...rest }: Finding): object {
  return { file, ...at, endColumn, ...rest, reason: suppressed?.reason };
}
