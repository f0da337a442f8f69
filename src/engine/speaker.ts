import type { Terminal } from "../world/terminal.ts";

/** What is said to people while a prompt is open waits until it is answered. */
export interface Speaker {
  say(text: string): void;
  /** nothing is printed while `ask` runs */
  prompting<T>(ask: () => Promise<T>): Promise<T>;
}

export function openSpeaker(terminal: Pick<Terminal, "people">): Speaker {
  let open = 0;
  const waiting: string[] = [];
  return {
    say(text) {
      if (open > 0) waiting.push(text);
      else terminal.people(text);
    },
    async prompting(ask) {
      open++;
      try {
        return await ask();
      } finally {
        open--;
        if (open === 0) for (const text of waiting.splice(0)) terminal.people(text);
      }
    },
  };
}
