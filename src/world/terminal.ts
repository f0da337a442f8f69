import type { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { ascii } from "./ascii.ts";
import { keepBoard, type Board } from "./board.ts";
import type { Clock } from "./clock.ts";
import type { Job } from "./job.ts";
import { Continued, flushTyped, guarded, keyOrTime } from "./keyboard.ts";
import type { MenuState } from "./keys.ts";
import { isWideEnough, readColumns, wantsColour, wantsUnicode } from "./look.ts";
import { keysNeverEnd, needsTerminal } from "./unasked.ts";

export const styles = ["bold", "dim", "red", "yellow", "green", "cyan"] as const;
export type Style = (typeof styles)[number];

export interface Choice {
  /** what is returned */
  value: string;
  label: string;
}

export interface Menu {
  question: string;
  choices: Choice[];
  /** the value under the cursor first */
  proposed?: string;
  /** shown right of the question: "evidence proposes 4: length ×10.3" */
  why?: string;
  /** single keys that answer at once: { k: "kill switch" }; their answer is `{ key: "k" }` */
  keys: Record<string, string>;
}

/**
 * The screen and the keyboard. `people` goes to stderr, `programs` to stdout. All text given here was made harmless
 * before (`harmless.ts`); the terminal adds colour and wraps nothing.
 * Prompts: without a terminal a UserError with `exit.refused`; Ctrl-C, Ctrl-D and a lost terminal throw `Interrupted`.
 * Input typed before a prompt opened is thrown away; what is pasted answers no menu and ends no line. Ctrl-Z stops, and
 * whoever continues is asked anew.
 */
export interface Terminal {
  /** one line or several, a newline is added */
  people(text: string): void;
  programs(text: string): void;
  /** both stdin and stderr are terminals and wide enough */
  interactive: boolean;
  /** width for people, at least 20; 80 when unknown */
  columns: number;
  /** height for people, at least 10; 24 when unknown */
  rows: number;
  /** false under LANG=C and the like: ASCII only */
  unicode: boolean;
  style(style: Style, text: string): string;
  /** as `style`, for stdout */
  styleOut(style: Style, text: string): string;
  menu(menu: Menu): Promise<{ value: string } | { key: string }>;
  /** one line of text; Enter alone gives "" */
  line(question: string): Promise<string>;
  /** shows `text` while `work` runs (a spinner on a terminal, nothing elsewhere) */
  during<T>(text: string, work: Promise<T>): Promise<T>;
  /** as `during`, once `work` takes longer than a moment; elsewhere `text` is one line then */
  waiting<T>(text: string, work: Promise<T>): Promise<T>;
  /** waits `ms` of the world's clock, or until a key is pressed; several at once, and what is no character, have no name */
  pause(text: string, ms: number): Promise<"elapsed" | { key: string }>;
  /** keeps up a page until q is pressed; only where whoever reads sits at a terminal that can redraw */
  board?: (work: (board: Board) => Promise<never>) => Promise<void>;
}

/** What of the process a terminal needs. */
export interface Streams {
  stdin: ReadStream;
  stdout: WriteStream;
  stderr: WriteStream;
  env: Readonly<Record<string, string | undefined>>;
}

/** `color`: false under `--no-color`. Loads colours only where they are shown, prompts and spinners at their first use. */
export async function openTerminal(
  { stdin, stdout, stderr, env }: Streams,
  color: boolean,
  clock: Clock,
  job: Job,
): Promise<Terminal> {
  const colour = wantsColour(env, stderr.isTTY, color);
  const style = await paint(colour);
  const ink = () => ({ columns: readColumns(stderr.columns), rows: stderr.rows || 24, unicode, style });
  const unicode = wantsUnicode(env);
  const spell = (text: string) => (unicode ? text : ascii(text));
  const interactive = Boolean(stdin.isTTY && stderr.isTTY) && isWideEnough(stderr.columns);
  // A terminal that is gone complains at the next touch; what is to be done about it is told by SIGHUP.
  if (interactive) stdin.on("error", () => {});
  const dumb = env["TERM"] === "dumb";
  const seat = { stdin, stderr, job, dumb };
  let paused = "";

  async function prompt<T>(
    question: string,
    pastes: "line" | "nothing",
    ask: (input: PassThrough, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (!interactive) throw needsTerminal(question);
    for (;;) {
      if (!(await flushTyped(seat))) throw keysNeverEnd(question);
      try {
        return await guarded(seat, pastes, ask);
      } catch (thrown) {
        if (!(thrown instanceof Continued)) throw thrown;
      }
    }
  }

  async function during<T>(doing: string, work: Promise<T>): Promise<T> {
    const text = spell(doing);
    if (!interactive || !stderr.columns || dumb) return work;
    // It may fail while the spinner is loaded; the failure is seen below.
    work.catch(() => {});
    const { default: ora } = await import("ora");
    const [spinner, hue] = [
      unicode ? ("dots" as const) : ("line" as const),
      colour ? ("cyan" as const) : (false as const),
    ];
    // A hidden cursor would stay hidden for whoever stops us with Ctrl-Z.
    const calm = { discardStdin: false, hideCursor: false, isEnabled: true };
    const shown = ora({ text, stream: stderr, spinner, color: hue, ...calm });
    shown.start();
    try {
      return await work;
    } finally {
      shown.stop();
    }
  }

  const redraws = interactive && stdout.isTTY && !dumb && Boolean(stderr.columns);
  return {
    ...(redraws ? { board: (work) => keepBoard(seat, work) } : {}),
    people: printer(stderr),
    programs: printer(stdout),
    interactive,
    get columns() {
      return readColumns(stderr.columns);
    },
    get rows() {
      return Math.max(10, stderr.rows || 24);
    },
    unicode,
    style,
    styleOut: await paint(wantsColour(env, stdout.isTTY, color)),
    menu(menu) {
      const kept: { state?: MenuState } = {};
      return prompt(menu.question, "nothing", async (input, signal) => {
        if (dumb) return (await import("./plainPrompt.ts")).plainMenu({ input, stderr, signal }, menu, ink());
        const { rawMenu } = await import("./rawPrompt.ts");
        return rawMenu({ menu, ink, kept }, { input, output: stderr, signal });
      });
    },
    async line(asked) {
      const question = spell(asked);
      const kept = { text: "" };
      const text = await prompt(question, "line", async (input, signal) => {
        if (dumb) return (await import("./plainPrompt.ts")).plainLine({ input, stderr, signal }, question);
        const prompts = await import("@inquirer/prompts");
        const theme = { prefix: noPrefix, style: { message: (said: string) => said } };
        // What was typed before Ctrl-Z is there again.
        const before = { default: kept.text, prefill: "editable" } as const;
        const transformer = (typed: string, { isFinal }: { isFinal: boolean }) => {
          kept.text = typed;
          return isFinal ? style("cyan", typed) : typed;
        };
        return prompts.input({ message: question, theme, transformer, ...before }, { input, output: stderr, signal });
      });
      return text.trim();
    },
    during,
    async waiting(text, work) {
      const over = new AbortController();
      const slow = clock.sleep(momentMs, over.signal).then(
        () => true,
        () => false,
      );
      const done = work.then(
        () => false,
        () => false,
      );
      const isSlow = await Promise.race([done, slow]);
      over.abort();
      if (!isSlow) return work;
      if (!interactive || dumb) stderr.write(`${spell(text)}\n`);
      return during(text, work);
    },
    async pause(why, ms) {
      const text = spell(why);
      const isNew = text !== paused;
      paused = text;
      if (!interactive) {
        if (isNew) stderr.write(`${text}\n`);
        await clock.sleep(ms, job.interrupted);
        return "elapsed";
      }
      // A key that is pressed between two looks at the same thing is meant for it.
      if (isNew) await flushTyped(seat);
      if (dumb && isNew) stderr.write(`${text}\n`);
      if (!dumb) stderr.write(`\r\u001b[2K${text.slice(0, readColumns(stderr.columns) - 1)}`);
      try {
        return await guarded(seat, "nothing", (input, signal) => keyOrTime(input, clock, ms, signal));
      } catch (thrown) {
        if (thrown instanceof Continued) return "elapsed";
        throw thrown;
      } finally {
        if (!dumb) stderr.write("\r\u001b[2K");
      }
    },
  };
}

/** Who waits longer than this (ms of the reader's time) wants to know for what. */
const momentMs = 1000;

// What inquirer leaves out when it is undefined, though its types ask for a text.
const noPrefix = { idle: undefined, done: undefined } as unknown as { idle: string; done: string };

async function paint(colour: boolean): Promise<Terminal["style"]> {
  if (!colour) return (_, text) => text;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return (style, text) => chalk[style](text);
}

/** When nobody reads any more (`| head`, a closed window) the rest is dropped: what runs must still end well. */
function printer(stream: WriteStream): (text: string) => void {
  let gone = false;
  stream.on("error", () => {
    gone = true;
  });
  return (text) => {
    if (!gone) stream.write(`${text}\n`);
  };
}
