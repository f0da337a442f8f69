import { redact } from "../redact/redact.ts";
import type { Patterns } from "../patterns/patterns.ts";
import type { Call } from "../sources/source.ts";
import { sayModel, sayCallFigures } from "../timeline/sample.ts";
import { dimensions } from "../timeline/scope.ts";
import { sayDate, sayTime } from "../timeline/moment.ts";
import type { Terminal } from "../world/terminal.ts";
import { quote } from "./quote.ts";
import { line, type Paint, type Piece } from "./paint.ts";
import { cut } from "./width.ts";
import { apart, field, wrap } from "./wrap.ts";

type Screen = Paint & Pick<Terminal, "rows">;

/** Lines that a menu with its keys takes below a call, and the empty one above it. */
const below = 7;

/**
 * One call: what names it, its figures, then what it says. "fit": of that as much as one screen holds. `hide` takes out
 * known secrets; what looks like one, or names a person, is taken out here.
 */
export function showCall(
  call: Call,
  at: { name: string; says: string },
  how: "fit" | "whole",
  screen: Screen,
  hide: (text: string) => string,
): string[] {
  const clean = (text: string) => redact(hide(text), "all");
  const head = [
    ...apart([{ text: at.name, style: "bold" }, `  ${at.says}`], `${sayDate(call.at)} ${sayTime(call.at)}`, screen),
    ...fieldsOf(call, clean).flatMap(([name, words]) => field(name, [short(words)], screen)),
  ];
  const texts = [
    { name: "prompt", text: call.prompt },
    { name: "response", text: call.response },
  ];
  const room = how === "whole" ? Infinity : Math.max(6, screen.rows - head.length - below);
  const quoted = texts.map(({ text }) => (text === undefined ? undefined : quote(clean(text), screen)));
  const [prompt = 0, response = 0] = quoted.map((one) => one?.lines.length ?? 0);
  // the answer is what is judged: of what fits it has the larger half
  const half = Math.floor(room / 2) - 1;
  const promptRoom = Math.min(prompt, Math.max(half, room - 2 - response));
  const rooms = [promptRoom, Math.max(half, room - 2 - promptRoom)];
  return [
    ...head,
    ...texts.flatMap(({ name }, i) => {
      const one = quoted[i];
      if (one === undefined) return field(name, [{ text: "not on record", style: "dim" }], screen);
      return [line([`  ${name}`], screen), ...fitting(one, rooms[i]!, screen)];
    }),
  ];
}

function fieldsOf(call: Call, clean: (text: string) => string): [string, string][] {
  const { id, trace, scope: where, status, finish, error, promptVersion } = call;
  const ended = [status, finish === undefined ? undefined : `(${finish})`].filter((word) => word !== undefined);
  const fields: [string, string[]][] = [
    ["call", [id, ...(trace === undefined ? [] : [`trace ${trace}`])]],
    [
      "of",
      dimensions.flatMap((name) => (name === "model" || where[name] === undefined ? [] : `${name} ${where[name]}`)),
    ],
    ["model", [...sayModel(call), ...(promptVersion === undefined ? [] : [`prompt ${promptVersion}`])]],
    ["ended", [...(ended.length === 0 ? [] : [ended.join(" ")]), ...(error === undefined ? [] : [clean(error)])]],
    ["took", sayCallFigures(call)],
  ];
  return fields.flatMap(([name, words]) => (words.length === 0 ? [] : [[name, words.join(" · ")] as [string, string]]));
}

/** A name that somebody made very long must not push the texts from the screen. */
function short(words: string): string {
  return words.length > 300 ? `${words.slice(0, 300)}...` : words;
}

function fitting({ lines, length, ends }: ReturnType<typeof quote>, room: number, screen: Screen): string[] {
  if (lines.length <= room) return lines;
  const shown = Math.max(1, room - 1);
  const left = (length - ends[shown - 1]!).toLocaleString("en-US");
  return [...lines.slice(0, shown), line([`  … ${left} more characters: t`], screen)];
}

/** "  80%  provider timeout after <n> ms", and beneath it three of the calls: never more than two lines each. */
export function showPatterns({ patterns, others, total }: Patterns, paint: Paint): string[] {
  const percent = (share: number): Piece => ({ text: `${Math.round(share * 100)}%`.padStart(6) });
  const row = (first: Piece, text: string) => line([first, `  ${cut(text, 1000, paint.unicode)}`], paint);
  return [
    ...wrap("  ", [`What ${total.toLocaleString("en-US")} failed calls say:`], paint),
    ...patterns.flatMap(({ template, share, calls }) => [
      row(percent(share), template),
      ...(calls.length === 0 ? [] : [line(["        ", { text: calls.join(", "), style: "dim" }], paint)]),
    ]),
    ...(others.count === 0 ? [] : [row(percent(others.share), `${others.patterns} others`)]),
  ];
}
