/** What is said to people while a prompt is open waits until it is answered. */
export interface Speaker {
  /** each is one line, whatever a stranger put into it */
  say(...lines: readonly string[]): void;
  /** nothing is printed while `ask` runs */
  prompting<T>(ask: () => Promise<T>): Promise<T>;
}

export function openSpeaker(tell: (...lines: readonly string[]) => void): Speaker {
  let open = 0;
  const waiting: (readonly string[])[] = [];
  return {
    say(...lines) {
      if (open > 0) waiting.push(lines);
      else tell(...lines);
    },
    async prompting(ask) {
      open++;
      try {
        return await ask();
      } finally {
        open--;
        if (open === 0) for (const lines of waiting.splice(0)) tell(...lines);
      }
    },
  };
}
