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
