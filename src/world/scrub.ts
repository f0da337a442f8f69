import type { Secrets } from "../redact/known.ts";
import type { Terminal } from "./terminal.ts";

/** The same terminal; what it is given to show or print is freed of secrets first. */
export function scrubbed<T extends Terminal>(terminal: T, secrets: Secrets): T {
  const same = Object.defineProperties({}, Object.getOwnPropertyDescriptors(terminal)) as T;
  const { board } = terminal;
  return Object.assign(same, {
    ...(board && {
      board: (work) =>
        board(({ show, left }) =>
          work({ show: (draw) => show(() => secrets.hide(draw().join("\n")).split("\n")), left }),
        ),
    }),
    people: (text) => terminal.people(secrets.hide(text)),
    programs: (text) => terminal.programs(secrets.hide(text)),
    menu: (menu) =>
      terminal.menu({
        ...menu,
        question: secrets.hide(menu.question),
        choices: menu.choices.map(({ value, label }) => ({ value, label: secrets.hide(label) })),
        ...(menu.why === undefined ? {} : { why: secrets.hide(menu.why) }),
      }),
    line: (question) => terminal.line(secrets.hide(question)),
    during: (text, work) => terminal.during(secrets.hide(text), work),
    waiting: (text, work) => terminal.waiting(secrets.hide(text), work),
    pause: (text, ms) => terminal.pause(secrets.hide(text), ms),
  } satisfies Partial<Terminal>);
}
