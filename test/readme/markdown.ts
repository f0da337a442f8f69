/** Fenced blocks of a language, as lines; "" for those that name none. */
export function blocks(markdown: string, language: string): string[][] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)]
    .filter(([, written]) => written === language)
    .map(([, , text]) => text!.split("\n"));
}

/** What stands between backticks in prose and tables. */
export function spans(markdown: string): string[] {
  return [...markdown.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);
}

/** Rows of all tables below their heads, as cells. */
export function rows(markdown: string): string[][] {
  const all = [...markdown.matchAll(/^\|(.*)\|$/gm)].map(([, row]) => row!.split("|").map((cell) => cell.trim()));
  const isRule = (cells: string[] | undefined) => cells?.[0]?.startsWith("---") === true;
  return all.filter((cells, i) => !isRule(cells) && !isRule(all[i + 1]));
}

/** From these words to where `end` begins. */
export function passage(markdown: string, beginning: string, end: RegExp): string {
  const at = markdown.indexOf(beginning);
  const length = markdown.slice(at).search(end);
  if (at < 0 || length < 0) throw new Error(`nowhere is "${beginning}", up to ${String(end)}`);
  return markdown.slice(at, at + length);
}

/** Command lines of `sh` blocks, without comments, and those that a comment offers instead ("# or: …"). */
export function shellLines(markdown: string): string[] {
  return blocks(markdown, "sh")
    .flat()
    .flatMap((line) => {
      const [before, comment = ""] = line.split(/ {2,}# /);
      return [before!.trim(), ...(/^or: (.*)$/.exec(comment)?.slice(1) ?? [])];
    });
}
