import { harmless } from "../harmless.ts";
import type { Terminal } from "../world/terminal.ts";
import { Leave, wordsToType, type Person } from "./person.ts";
import type { Speaker } from "./speaker.ts";

/** What the single keys of every prompt do. */
export interface Hands {
  mitigate(kind?: string): Promise<void>;
  undo(): Promise<void>;
  note(text: string): Promise<void>;
  evidence(): void;
  /** what Ctrl-C does, in words */
  leaving: string;
}

const keys = {
  k: "kill switch",
  m: "mitigate",
  u: "undo",
  n: "note",
  b: "back",
  s: "skip",
  e: "evidence",
  "?": "more",
};

const help = [
  "  k  turn a route off (kill switch): planned and confirmed like any change",
  "  m  another mitigation    u  undo a live change    n  a note for the timeline",
  "  b  back to the question before: answers may change, what was done stays done",
  "  s  skip this step with a reason    e  every query with its result",
];

/** They act while a verdict is waited for, too; there is nothing there to skip or to go back from. */
const keysOfWaiting = ["k", "m", "u", "n", "e", "?"];

/** Somebody at a keyboard. Every prompt takes its choices and, in a walk (`hands`), the single keys. */
export function keyboardPerson(terminal: Terminal, speaker: Speaker, hands?: () => Hands): Person {
  const line = (question: string) => speaker.prompting(() => terminal.line(harmless(question)));

  const press = async (key: string, here: readonly string[] = []) => {
    const { mitigate, undo, note, evidence, leaving } = hands!();
    if (key === "k") return mitigate("kill-switch");
    if (key === "m") return mitigate();
    if (key === "u") return undo();
    if (key === "e") return evidence();
    if (key === "?") return speaker.say(...here, ...help, `  ${leaving}`);
    if (key === "b") throw new Leave("back");
    const text = await line(key === "n" ? "note:" : "why skip it?");
    if (text === "") return;
    if (key === "n") return note(text);
    throw new Leave("skip", text);
  };

  const person: Person = {
    unattended: false,
    async choose(_, { question, choices, proposed, why, keys: own = {} }) {
      const here = sayKeys(own);
      for (;;) {
        const menu = {
          question,
          choices,
          keys: { ...own, ...(hands === undefined ? {} : without(keys, own)) },
          ...(proposed && { proposed }),
          ...(why && { why }),
        };
        const answer = await speaker.prompting(() => terminal.menu(menu));
        if ("value" in answer) return answer.value;
        if (Object.hasOwn(own, answer.key)) return answer.key;
        await press(answer.key, here);
      }
    },
    line: (_, question) => line(question),
    async pick(step, dimension, known) {
      if (known.length === 0) return nonEmpty(() => line(`${dimension}?`));
      const shown = known
        .slice(0, 8)
        .map(({ name, note }) => ({ value: name, label: note ? `${name}  ${note}` : name }));
      const other = { value: "", label: "another" };
      const picked = await person.choose(step, {
        question: `${dimension}?`,
        choices: [...shown, other],
        proposed: known[0]!.name,
      });
      return picked === "" ? nonEmpty(() => line(`${dimension}?`)) : picked;
    },
    async consent(_, plan) {
      const name = wordsToType(plan);
      const wanted = name === undefined ? ["y", "yes"] : [name.toLowerCase()];
      for (;;) {
        const typed = (await line(`Type ${name ?? "y"} to apply, Enter to leave it:`)).trim().toLowerCase();
        if (typed === "" || typed === "n" || typed === "no") return false;
        if (wanted.includes(typed)) return true;
        speaker.say(`  Nothing is written yet: ${name ?? "y"} applies it, Enter alone leaves it.`);
      }
    },
    async pause(text, ms) {
      return (await speaker.prompting(() => terminal.pause(text, ms))) === "elapsed" ? "elapsed" : "key";
    },
    async idle(what, ms) {
      const going = hands === undefined ? "Any key goes on" : `Enter goes on, ${keysOfWaiting.join(" ")} as always`;
      const ended = await speaker.prompting(() => terminal.pause(`${what} ${going}.`, ms));
      if (ended === "elapsed") return "elapsed";
      if (hands === undefined || !keysOfWaiting.includes(ended.key)) return "key";
      await press(ended.key);
      return "elapsed";
    },
    async again(step) {
      const choices = [
        { value: "go on", label: "Go on without it" },
        { value: "again", label: "Try it again" },
      ];
      return (await person.choose(step, { question: "It failed. What now?", choices })) === "again";
    },
  };
  return person;
}

type Keys = Readonly<Record<string, string>>;

function without(all: Keys, those: Keys): Keys {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !Object.hasOwn(those, key)));
}

/** A letter that means something else at this question. */
function sayKeys(own: Keys): string[] {
  const other = Object.keys(own).filter((key) => Object.hasOwn(keys, key));
  if (other.length === 0) return [];
  return [`  ${other.map((key) => `${key} is ${own[key]}`).join(", ")} at this question; at the others:`];
}

async function nonEmpty(ask: () => Promise<string>): Promise<string> {
  for (;;) {
    const text = (await ask()).trim();
    if (text !== "") return text;
  }
}
