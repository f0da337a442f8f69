import type { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { exit, UserError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import { flushTyped, guarded, keyOrTime } from "./keyboard.ts";
import { isWideEnough, readColumns, wantsColour, wantsUnicode } from "./look.ts";
import { plainLine, plainMenu } from "./plainPrompt.ts";

export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

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
 * Input typed before a prompt opened is thrown away.
 */
export interface Terminal {
  /** one line or several, a newline is added */
  people(text: string): void;
  programs(text: string): void;
  /** both stdin and stderr are terminals and wide enough */
  interactive: boolean;
  /** width for people, at least 20; 80 when unknown */
  columns: number;
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
  /** waits `ms` of the world's clock, or until a key is pressed */
  pause(text: string, ms: number): Promise<"elapsed" | "key">;
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
  interrupted: AbortSignal,
): Promise<Terminal> {
  const colour = wantsColour(env, stderr.isTTY, color);
  const style = await paint(colour);
  const ink = () => ({ columns: readColumns(stderr.columns), rows: stderr.rows || 24, unicode, style });
  const unicode = wantsUnicode(env);
  const interactive = Boolean(stdin.isTTY && stderr.isTTY) && isWideEnough(stderr.columns);
  // A terminal that is gone complains at the next touch; what is to be done about it is told by SIGHUP.
  if (interactive) stdin.on("error", () => {});
  const dumb = env["TERM"] === "dumb";
  let paused = "";

  async function prompt<T>(question: string, ask: (input: PassThrough, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!interactive) throw needsTerminal(question);
    await flushTyped(stdin);
    stdin.setRawMode(!dumb);
    return guarded(stdin, interrupted, ask);
  }

  return {
    people: printer(stderr),
    programs: printer(stdout),
    interactive,
    get columns() {
      return readColumns(stderr.columns);
    },
    unicode,
    style,
    styleOut: await paint(wantsColour(env, stdout.isTTY, color)),
    menu: (menu) =>
      prompt(menu.question, async (input, signal) => {
        if (dumb) return plainMenu({ input, stderr, signal }, menu, ink());
        const { menuPrompt } = await import("./menuPrompt.ts");
        return menuPrompt({ menu, ink: ink() }, { input, output: stderr, signal });
      }),
    line: (question) =>
      prompt(question, async (input, signal) => {
        if (dumb) return plainLine({ input, stderr, signal }, question);
        const prompts = await import("@inquirer/prompts");
        const theme = {
          prefix: noPrefix,
          style: { message: (text: string) => text, answer: (text: string) => style("cyan", text) },
        };
        return prompts.input({ message: question, theme }, { input, output: stderr, signal });
      }),
    async during(text, work) {
      if (!interactive || !stderr.columns || dumb) return work;
      // It may fail while the spinner is loaded; the failure is seen below.
      work.catch(() => {});
      const { default: ora } = await import("ora");
      const [spinner, hue] = [
        unicode ? ("dots" as const) : ("line" as const),
        colour ? ("cyan" as const) : (false as const),
      ];
      const shown = ora({ text, stream: stderr, spinner, color: hue, discardStdin: false, isEnabled: true });
      shown.start();
      try {
        return await work;
      } finally {
        shown.stop();
      }
    },
    async pause(text, ms) {
      const isNew = text !== paused;
      paused = text;
      if (!interactive) {
        if (isNew) stderr.write(`${text}\n`);
        await clock.sleep(ms, interrupted);
        return "elapsed";
      }
      // A key that is pressed between two looks at the same thing is meant for it.
      if (isNew) await flushTyped(stdin);
      if (dumb && isNew) stderr.write(`${text}\n`);
      if (!dumb) stderr.write(`\r\u001b[2K${text.slice(0, readColumns(stderr.columns) - 1)}`);
      try {
        return await guarded(stdin, interrupted, (input, signal) => keyOrTime(input, clock, ms, signal));
      } finally {
        if (!dumb) stderr.write("\r\u001b[2K");
      }
    },
  };
}

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

function needsTerminal(question: string): UserError {
  return new UserError({
    what: `"${question}" needs a terminal to be answered on`,
    next: "run it on a terminal, or give the answer on the command line (see --help)",
    code: exit.refused,
  });
}
