import { parseDocument, type Document } from "../document/document.ts";
import { follow } from "../document/follow.ts";
import { UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { changesIn, sentIn } from "./lists.ts";
import type { Happened } from "./rehearse.ts";
import type { PerCase } from "./schema.ts";
import type { Script } from "./script.ts";
import { spellFlow } from "./spell.ts";

/** As wide as a line may be. */
const wide = 120;

/** `expect` of a test as it happened: lines of YAML. */
export function spellExpect(
  runbook: Runbook,
  scripts: readonly Script[],
  happened: readonly Happened[],
  indent: number,
): string[] {
  const steps = Object.fromEntries(
    runbook.steps.flatMap(({ id }) => {
      const said = saidOf(id, scripts, happened);
      return said === undefined ? [] : [[id, said] as const];
    }),
  );
  const changes = changesIn(happened);
  const sent = sentIn(happened, false);
  const flow = `  steps: ${spellFlow(steps)}`;
  const block = ["  steps:", ...Object.entries(steps).map(([id, said]) => `    ${id}: ${spellFlow(said)}`)];
  return [
    "expect:",
    ...(indent + flow.length <= wide ? [flow] : block),
    ...(changes.length === 0 ? [] : ["  changes:", ...changes.map((one) => `    - ${one}`)]),
    ...list("sent", sent, indent),
  ].map((line, nth) => (nth === 0 ? line : " ".repeat(indent) + line));
}

function list(key: string, all: readonly string[], indent: number): string[] {
  if (all.length === 0) return [];
  const flow = `  ${key}: [${all.join(", ")}]`;
  return indent + flow.length <= wide ? [flow] : [`  ${key}:`, ...all.map((one) => `    - ${one}`)];
}

/** What a step ended in, for all cases: a word, `each` where that is what the script says, or a list. */
function saidOf(id: string, scripts: readonly Script[], happened: readonly Happened[]): PerCase | undefined {
  const ended = happened.map(({ steps }) => steps.find((step) => step.id === id)?.outcome ?? null);
  const [first] = ended;
  if (ended.every((outcome) => outcome === first)) return first ?? undefined;
  const given = scripts.map(({ outcomes, answers }) => outcomes.get(id) ?? answers.get(id) ?? null);
  if (ended.every((outcome, nth) => outcome === given[nth])) return "each";
  const last = ended.findLastIndex((outcome) => outcome !== ended.at(-1));
  return ended.slice(0, last + 2);
}

/** The text with `expect` of one test written anew; every other byte stays. */
export function writeExpect(document: Document, nth: number, spell: (indent: number) => string[]): string {
  const { text, tree, file } = document;
  const found = follow(tree, ["tests", nth]).tree;
  const known = follow(tree, ["tests", nth, "expect"]);
  const last = found?.kind === "map" ? found.members.at(-1) : undefined;
  if (found?.kind !== "map" || last === undefined || found.flow)
    throw unwritable(file, "a test that is to be written must be one key to a line");
  const start = text.lastIndexOf("\n", found.members[0]!.start - 1) + 1;
  const indent = found.members[0]!.start - start;
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = spell(indent).join(eol);
  const end = endOfLine(text, last.value.end);
  const written = known.whole
    ? text.slice(0, known.member!.start) + lines + text.slice(known.tree!.end)
    : `${text.slice(0, end)}${eol}${" ".repeat(indent)}${lines}${text.slice(end)}`;
  const before = withoutExpect(document.value, nth);
  const after = parseDocument(written, file).document;
  if (after === undefined || withoutExpect(after.value, nth) !== before)
    throw unwritable(file, "it cannot be written without touching something else");
  return written;
}

function unwritable(file: string, why: string): UserError {
  return new UserError({
    what: `${harmless(file)}: ${why}.`,
    next: "write `expect` by hand; without --update it is shown what differs",
  });
}

function endOfLine(text: string, at: number): number {
  const end = /\r?\n|$/g;
  end.lastIndex = at;
  return end.exec(text)!.index;
}

function withoutExpect(value: unknown, nth: number): string {
  const { tests, ...rest } = value as { tests: object[] };
  return JSON.stringify({ ...rest, tests: tests.map((test, at) => (at === nth ? { ...test, expect: null } : test)) });
}
