import { createPrompt, useKeypress, useState } from "@inquirer/core";
import { openMenu, press, type MenuState } from "./keys.ts";
import { drawAnswer, drawMenu, type Chosen, type Ink } from "./menu.ts";
import type { Menu } from "./terminal.ts";

const hideCursor = "\u001b[?25l";

interface AskMenu {
  menu: Menu;
  /** of now: a terminal may be resized while the menu is open */
  ink(): Ink;
  /** where the cursor stood: a menu that is asked anew goes on there */
  kept: { state?: MenuState };
}

/** The menu on a real terminal: redrawn at every key, one line once it is answered. */
export const rawMenu = createPrompt<Chosen, AskMenu>(({ menu, ink, kept }, done) => {
  const [state, setState] = useState(kept.state ?? openMenu(menu));
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  useKeypress((key, readline) => {
    readline.clearLine(0);
    if (chosen !== undefined) return;
    const next = press(menu, state, key);
    if ("cursor" in next) {
      kept.state = next;
      return setState(next);
    }
    setChosen(next);
    done(next);
  });
  return chosen === undefined ? drawMenu(menu, state.cursor, ink()) + hideCursor : drawAnswer(menu, chosen, ink());
});
