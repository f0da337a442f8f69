/** Lines that are shown and not printed at their place; "…" stands for any number of printed lines. */
export function differences(shown: readonly string[], printed: readonly string[]): string[] {
  const lines = whole(printed).map(lasting);
  let at = 0;
  let leaps = false;
  return whole(shown).filter((line) => {
    if (line.trim() === "…") {
      leaps = true;
      return false;
    }
    const found = lines.indexOf(lasting(line), at);
    const fits = found === at || (leaps && found > at);
    // After a line that is wrong the next may stand anywhere below.
    leaps = !fits;
    if (fits) at = found + 1;
    return !fits;
  });
}

/** What stays the same from one run to the next: no figures, names of their own, marks, columns. */
function lasting(line: string): string {
  const said = line.replace(/^[!?✓❯]/, " ").replace(/ {2,}evidence proposes .*/, "");
  const row = /^ {2}(\S+) .*(?:[▁-█]{5}|concentrated|spread)$/.exec(said);
  if (row !== null) return row[1]!;
  return (
    said
      .replace(/^( {2}reach) .*/, "$1")
      .replace(/,? usual .*/, "")
      // half an hour before midnight an end is told with its day
      .replace(/\d{4}-\d\d-\d\d (?=\d\d:)/g, "")
      .replace(/(DRILL)-\d{4}-\w{4}/, "$1")
      .replace(/cost-spike-\w{4}/g, "cost-spike")
      .replace(/"[0-9a-f]{16}"/, "…")
      .replace(/\d[\d.,:]*/g, "#")
      .replace(/ +/g, " ")
      .trim()
  );
}

/** Without blank lines; what was too long goes on below, further to the right. */
function whole(lines: readonly string[]): string[] {
  return lines.reduce<string[]>((all, line) => {
    if (line.trim() === "" || /^ {2,}evidence proposes/.test(line)) return all;
    const isMore = /^ {8,}\S/.test(line) || (/^ {4}\S/.test(line) && /^. \d\d:\d\d:\d\d /.test(all.at(-1) ?? ""));
    return isMore ? all.with(-1, `${all.at(-1)} ${line.trim()}`) : [...all, line];
  }, []);
}
