import { exit, Interrupted, UserError } from "../../src/errors.ts";
import type { Clock } from "../../src/world/clock.ts";
import { drawAnswer, drawMenu } from "../../src/world/menu.ts";
import type { Terminal } from "../../src/world/terminal.ts";

/** What somebody types, in order. `menu`, `line` and `pause` are a part of the question that must be asked next. */
export type Typed =
  | { menu: string; value: string }
  | { menu: string; key: string }
  | { menu: string; interrupt: true }
  | { line: string; text: string }
  | { line: string; interrupt: true }
  /** a key is pressed while it waits; a pause that is not scripted elapses */
  | { pause: string; press: true | string }
  /** a page that is redrawn: what is pressed once it holds this text; each page is added to `screen` as it was drawn */
  | { board: string; press: "q" | "ctrl-c" };

export interface FakeTerminal extends Terminal {
  /** all that people saw, with questions and answers, as on a real terminal without colour */
  readonly screen: string;
  /** all that went to stdout */
  readonly output: string;
  readonly unused: Typed[];
}

export function fakeTerminal(
  clock: Clock,
  typed: Typed[] | undefined,
  set: { interactive: boolean; columns: number; unicode: boolean; colour: boolean },
  fail: (why: string) => never,
): FakeTerminal {
  const queue = [...(typed ?? [])];
  let screen = "";
  let output = "";
  const style: Terminal["style"] = (name, text) => (set.colour ? `<${name}>${text}</${name}>` : text);
  const ink = { columns: set.columns, unicode: set.unicode, style };

  function take<K extends "menu" | "line">(kind: K, question: string): Extract<Typed, Record<K, string>> {
    if (!set.interactive) throw new UserError({ what: `"${question}" needs a terminal`, code: exit.refused });
    const next = queue.shift();
    if (next === undefined) return fail(`unscripted prompt: ${kind} "${question}"`);
    const asked = kind in next ? (next as Record<string, unknown>)[kind] : undefined;
    if (typeof asked !== "string" || !question.includes(asked))
      return fail(`prompt out of order: ${kind} "${question}", but the script says ${JSON.stringify(next)}`);
    return next as Extract<Typed, Record<K, string>>;
  }

  return {
    get screen() {
      return screen;
    },
    get output() {
      return output;
    },
    get unused() {
      return queue;
    },
    interactive: set.interactive,
    columns: set.columns,
    rows: 24,
    unicode: set.unicode,
    style,
    styleOut: style,
    people(text) {
      screen += `${text}\n`;
    },
    programs(text) {
      output += `${text}\n`;
    },
    async menu(menu) {
      const answer = take("menu", menu.question);
      const proposed = menu.choices.findIndex((choice) => choice.value === menu.proposed);
      screen += `${drawMenu(menu, proposed < 0 ? undefined : proposed, ink)}\n`;
      if ("interrupt" in answer) throw new Interrupted();
      if ("key" in answer) {
        if (!(answer.key in menu.keys)) return fail(`"${menu.question}" has no key ${answer.key}`);
        screen += `${drawAnswer(menu, { key: answer.key }, ink)}\n`;
        return { key: answer.key };
      }
      if (!menu.choices.some((choice) => choice.value === answer.value))
        return fail(`"${menu.question}" has no choice ${answer.value}: ${menu.choices.map((c) => c.value).join(", ")}`);
      screen += `${drawAnswer(menu, { value: answer.value }, ink)}\n`;
      return { value: answer.value };
    },
    async line(question) {
      const answer = take("line", question);
      if ("interrupt" in answer) throw new Interrupted();
      screen += `${question} ${answer.text}`.trimEnd() + "\n";
      return answer.text;
    },
    during: (_text, work) => work,
    waiting: (_text, work) => work,
    ...(set.interactive
      ? {
          async board(work) {
            const quit = new AbortController();
            let interrupted = false;
            const show = (draw: () => string[]) => {
              const page = draw().join("\n");
              screen += `${page}\n--\n`;
              const next = queue[0];
              if (next === undefined || !("board" in next)) return fail("a board that nobody leaves");
              if (!page.includes(next.board)) return;
              queue.shift();
              interrupted = next.press === "ctrl-c";
              quit.abort(new Interrupted());
            };
            await work({ show, left: quit.signal }).catch((thrown: unknown) => {
              if (thrown !== quit.signal.reason) throw thrown;
            });
            if (interrupted) throw new Interrupted();
          },
        }
      : {}),
    async pause(text, ms) {
      screen += `${text}\n`;
      const next = queue[0];
      if (set.interactive && next !== undefined && "pause" in next && text.includes(next.pause)) {
        queue.shift();
        return { key: next.press === true ? "" : next.press };
      }
      await clock.sleep(ms);
      return "elapsed";
    },
  };
}
