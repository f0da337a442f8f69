type Env = Readonly<Record<string, string | undefined>>;

/** `--no-color`, then `NO_COLOR` (no-color.org), then `FORCE_COLOR`, then whether it is a terminal that can. */
export function wantsColour(env: Env, isTerminal: boolean, asked: boolean): boolean {
  if (!asked || (env["NO_COLOR"] ?? "") !== "") return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

/**
 * The locale decides (`LC_ALL`, `LC_CTYPE`, `LANG`, the first that is set). Where none is set, as in containers and cron,
 * what reads us nearly always understands UTF-8, but for a dumb terminal and the bare Linux console.
 */
export function wantsUnicode(env: Env): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  if (locale) return /utf-?8/i.test(locale);
  return env["TERM"] !== "dumb" && env["TERM"] !== "linux";
}

/** What a terminal of unknown width is taken for. */
const usualColumns = 80;
const fewestColumns = 20;

export function readColumns(columns: number | undefined): number {
  return Math.max(fewestColumns, columns || usualColumns);
}

/** A width of 0 means unknown. In 20 columns or fewer nothing can be asked. */
export function isWideEnough(columns: number | undefined): boolean {
  return !columns || columns > fewestColumns;
}
