/** Code that is not the team's: packages, the language's own library, frameworks that call everything. */
const foreign =
  /node_modules|node:|<anonymous>|internal\/|site-packages|dist-packages|\/lib\/python|<frozen|\/usr\/local\/go\/|\/pkg\/mod\/|\b(?:java|javax|jdk|sun|kotlin|scala|io\.netty|reactor|org\.springframework|org\.apache)\./;

/** What each language puts before a frame; the first group is where it is. */
const frames = [
  /^\s+at (?:async )?(?:([\w$.<>[\] ]+?) \()?((?:file:\/\/)?[^\s()]+?):\d+(?::\d+)?\)?$/, // JavaScript
  /^\s+at ([\w$.]+)\((\w+\.(?:java|kt|scala))(?::\d+)?\)$/, // Java
  /^\s+File "([^"]+)", line \d+, in (\S+)$/, // Python
  /^\s+(\/\S+\.go):\d+(?: \+0x[\da-f]+)?$/, // Go: the function stands in the line before
];

/**
 * What a text of several lines says: its error, and where it happened as far as the own code goes:
 * "TypeError: answer is not iterable, in answer (reply.ts)". Lines that are no stack trace: the first of them.
 */
export function stackSaid(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const first = lines[0];
  if (first === undefined) return "";
  const python = lines.some((line) => /^\s*Traceback \(most recent call last\)/.test(line));
  const found = lines.flatMap((line, i) => {
    const at = frames.findIndex((frame) => frame.test(line));
    return at === -1 || foreign.test(line) ? [] : [frameOf(at, line, lines[i - 1] ?? "")];
  });
  // Python tells the deepest frame last
  const deepest = python ? found.at(-1) : found[0];
  const error = python
    ? (lines.findLast((line) => /^[\w.]+(?::|$)/.test(line) && !line.startsWith("Traceback")) ?? first)
    : first;
  return deepest === undefined ? error.trim() : `${error.trim()}, in ${deepest}`;
}

function frameOf(kind: number, line: string, before: string): string {
  const [, one = "", two = ""] = frames[kind]!.exec(line)!;
  const [name, file] = [
    [one, two],
    [one, two],
    [two, one],
    [before.replace(/\(.*/, ""), one],
  ][kind]!;
  const base = file!.split(/[/\\]/).at(-1)!;
  return name === "" ? base : `${name!.trim()} (${base})`;
}
