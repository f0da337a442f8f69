import { createPrompt, useKeypress, useState } from "@inquirer/core";
import { openMenu, press } from "./keys.ts";
import { drawAnswer, drawMenu, type Chosen, type Ink } from "./menu.ts";
import type { Menu } from "./terminal.ts";

const hideCursor = "\u001b[?25l";

/** The menu on a real terminal: redrawn at every key, one line once it is answered. */
export const menuPrompt = createPrompt<Chosen, { menu: Menu; ink: Ink }>(({ menu, ink }, done) => {
  const [state, setState] = useState(openMenu(menu));
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  useKeypress((key, readline) => {
    readline.clearLine(0);
    if (chosen !== undefined) return;
    const next = press(menu, state, key);
    if ("cursor" in next) return setState(next);
    setChosen(next);
    done(next);
  });
  return chosen === undefined ? drawMenu(menu, state.cursor, ink) + hideCursor : drawAnswer(menu, chosen, ink);
});
