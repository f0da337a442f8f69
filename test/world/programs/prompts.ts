import { writeFileSync } from "node:fs";
import { Interrupted, UserError } from "../../../src/errors.ts";
import { openWorld } from "../../../src/world/real.ts";
import type { Menu } from "../../../src/world/terminal.ts";
import type { World } from "../../../src/world/world.ts";

// Opens the real world on the terminal it is run on, plays one scene and writes what came of it to a file.
const [scene, out, ...flags] = process.argv.slice(2) as [string, string, ...string[]];

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
const causes: Menu = {
  question: "What drives the cost?",
  choices: ["loop", "one", "inflation", "traffic"].map((value) => ({ value, label: `It is ${value}` })),
  keys,
};
const many: Menu = {
  question: "Which user?",
  choices: Array.from({ length: 30 }, (_, i) => ({ value: `u${i + 1}`, label: `user ${i + 1}` })),
  keys,
};

const scenes: Record<string, (world: World) => Promise<unknown>> = {
  menu: ({ terminal }) => terminal.menu(causes),
  proposed: ({ terminal }) => terminal.menu({ ...causes, proposed: "inflation", why: "evidence proposes 3" }),
  many: ({ terminal }) => terminal.menu(many),
  line: ({ terminal }) => terminal.line("Type support.reply to apply:"),
  lines: async ({ terminal }) => {
    const first = await terminal.line("First?");
    const second = await terminal.line("Second?");
    return [first, second, await terminal.line("Third?")];
  },
  held: async ({ terminal }) => {
    const first = await terminal.menu({ ...causes, proposed: "inflation" });
    return [first, await terminal.menu({ ...causes, proposed: "inflation" })];
  },
  settle: async ({ terminal }) => {
    for (;;) if ((await terminal.pause("Settling. Any key goes on.", 500)) !== "elapsed") return "key";
  },
  // Somebody types while we work.
  ahead: async ({ terminal, clock }) => {
    terminal.people("working");
    await clock.sleep(1500);
    return terminal.menu(causes);
  },
  pause: ({ terminal }) => terminal.pause("Settling.", 60_000),
  elapse: ({ terminal }) => terminal.pause("Settling.", 20),
  during: async ({ terminal, clock }) =>
    terminal.during(
      "reading metrics",
      clock.sleep(1500).then(() => "read"),
    ),
  fails: ({ terminal }) => terminal.during("reading", Promise.reject(new UserError({ what: "nothing listens" }))),
  wait: ({ clock, interrupted }) => clock.sleep(60_000, interrupted),
  look: async ({ terminal }) => {
    terminal.people(terminal.style("red", "for people"));
    terminal.programs(terminal.styleOut("red", "for programs"));
    const { interactive, columns, unicode } = terminal;
    return { interactive, columns, unicode };
  },
  flood: async ({ terminal }) => {
    for (let i = 0; i < 100_000; i++) terminal.programs(`line ${i}`);
    return "done";
  },
  input: ({ input }) => input(),
};

const world = await openWorld(process, { home: "/", color: !flags.includes("--no-color") });
try {
  finish({ result: await scenes[scene]!(world) });
} catch (thrown) {
  if (!(thrown instanceof Interrupted) && !(thrown instanceof UserError)) throw thrown;
  process.exitCode = thrown.code;
  finish({ thrown: thrown.name, code: thrown.code, what: thrown.message });
}

function finish(told: Record<string, unknown>): void {
  writeFileSync(out, JSON.stringify({ ...told, raw: process.stdin.isRaw }));
}
