import { redact } from "../../redact/redact.ts";

/**
 * Reads lines of files, without what ends them; "" where there is none. Each file is taken apart once. What looks like a
 * secret is covered: reports are read, kept and published in more places than the files.
 */
export function lineReader(texts: ReadonlyMap<string, string>): (file: string, line: number) => string {
  const known = new Map<string, string[]>();
  return (file, line) => {
    let lines = known.get(file);
    if (lines === undefined) known.set(file, (lines = covered(texts.get(file) ?? "").split("\n")));
    return lines[line - 1]?.replace(/\r$/, "") ?? "";
  };
}

/** As long as it was, so that carets stand where they should. */
function covered(text: string): string {
  return redact(text, "secrets", (_, value) => value.replace(/[^\r\n]/g, "*"));
}
