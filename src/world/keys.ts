import type { Chosen } from "./menu.ts";
import type { Menu } from "./terminal.ts";

/** One key as readline tells it. */
export interface Key {
  name?: string | undefined;
  /** the characters themselves; what has no name, like "?", has only these */
  sequence?: string | undefined;
  ctrl?: boolean | undefined;
  meta?: boolean | undefined;
}

export interface MenuState {
  /** index of `choices`; undefined: nothing chosen yet, and Enter does nothing */
  cursor: number | undefined;
  /** digits of a number that is not finished, when there are ten choices or more */
  digits: string;
}

export function openMenu(menu: Menu): MenuState {
  const at = menu.choices.findIndex((choice) => choice.value === menu.proposed);
  return { cursor: at < 0 ? undefined : at, digits: "" };
}

/** What a key does to an open menu: it answers, or the menu is in a new state. */
export function press(menu: Menu, state: MenuState, key: Key): Chosen | MenuState {
  const { choices } = menu;
  if (key.name === "return" || key.name === "enter") return answer(menu, state.cursor) ?? state;
  if (key.name === "up") return moveTo(Math.max(0, (state.cursor ?? choices.length) - 1));
  if (key.name === "down") return moveTo(Math.min(choices.length - 1, (state.cursor ?? -1) + 1));
  if (key.ctrl === true || key.meta === true) return state;
  const typed = key.sequence ?? key.name ?? "";
  if (/^\d$/.test(typed)) return number(menu, state, typed);
  const meant = [typed, typed.toLowerCase()].find((name) => Object.hasOwn(menu.keys, name));
  return meant === undefined ? state : { key: meant };
}

/** With fewer than ten choices a digit answers at once; else digits add up and Enter answers. */
function number(menu: Menu, state: MenuState, digit: string): Chosen | MenuState {
  const count = menu.choices.length;
  const digits = [state.digits + digit, digit].find((text) => Number(text) >= 1 && Number(text) <= count);
  if (digits === undefined) return state;
  const cursor = Number(digits) - 1;
  return count < 10 ? answer(menu, cursor)! : { cursor, digits };
}

function answer(menu: Menu, cursor: number | undefined): Chosen | undefined {
  const choice = cursor === undefined ? undefined : menu.choices[cursor];
  return choice === undefined ? undefined : { value: choice.value };
}

function moveTo(cursor: number): MenuState {
  return { cursor, digits: "" };
}
