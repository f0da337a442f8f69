import { createInterface } from "node:readline";
import type { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { openMenu, press } from "./keys.ts";
import { drawMenu, type Chosen, type Ink } from "./menu.ts";
import type { Menu } from "./terminal.ts";

interface Place {
  input: PassThrough;
  stderr: WriteStream;
  signal: AbortSignal;
}

/** For terminals that cannot move the cursor (`TERM=dumb`): the menu once, then one typed line. */
export async function plainMenu(place: Place, menu: Menu, ink: Ink): Promise<Chosen> {
  const proposed = openMenu(menu).cursor;
  place.stderr.write(`${drawMenu(menu, proposed, ink)}\n`);
  for (;;) {
    const typed = (await plainLine(place, ink.unicode ? "❯" : ">")).trim();
    const choice =
      typed === "" ? menu.choices[proposed ?? -1] : menu.choices[/^\d+$/.test(typed) ? Number(typed) - 1 : -1];
    if (choice !== undefined) return { value: choice.value };
    const pressed = press(menu, openMenu(menu), { sequence: typed });
    if ("key" in pressed) return pressed;
  }
}

/** The terminal must not be raw, so that a line can be corrected. */
export function plainLine({ input, stderr, signal }: Place, question: string): Promise<string> {
  const lines = createInterface({ input, terminal: false });
  stderr.write(`${question} `);
  return new Promise<string>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    lines.once("line", resolve);
  }).finally(() => lines.close());
}
