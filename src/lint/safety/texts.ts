import { basename } from "node:path";
import type { Path } from "../../document/document.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { ofLast } from "../ofLast.ts";

/** A text that is read or run by somebody. */
export interface Told {
  text: string;
  path: Path;
  use: "text" | "link" | "argument";
  /** of an argument: the program it is for */
  program?: string;
}

/** What a runbook tells people and programs, in its order. Looked up once for all rules. */
export const textsOf: (runbook: Runbook) => readonly Told[] = ofLast(find);

function find({ summary, steps, followUps }: Runbook): Told[] {
  const texts: Told[] = [{ text: summary, path: ["summary"], use: "text" }];
  for (const [index, { kind, title, body }] of steps.entries()) {
    const at = ["steps", index];
    texts.push({ text: title, path: [...at, "title"], use: "text" });
    const path = [...at, kind];
    if (kind === "instruct") texts.push(...instructed(body as { say: string; links: string[] }, path));
    else if (kind === "ask") texts.push(...asked(body as { question: string }, path));
    else if (kind === "run") texts.push(...run(body as string | { command: string[] }, path));
    else if (kind === "mitigate")
      texts.push(...given((body as { with: Record<string, unknown> }).with, [...path, "with"]));
  }
  texts.push(...followUps.map((text, index): Told => ({ text, path: ["follow_ups", index], use: "text" })));
  return texts;
}

/** A text by itself, or under `say`: the nearest value that there is. */
function instructed({ say, links }: { say: string; links: string[] }, path: Path): Told[] {
  const told: Told = { text: say, path: [...path, "say"], use: "text" };
  return [told, ...links.map((text, index): Told => ({ text, path: [...path, "links", index], use: "link" }))];
}

function asked(body: { question: string; choices?: { value: string; label: string }[] }, path: Path): Told[] {
  const choices = body.choices ?? [];
  return [
    { text: body.question, path: [...path, "question"], use: "text" },
    ...choices.map(({ value, label }): Told => ({ text: label, path: [...path, "choices", value], use: "text" })),
  ];
}

function run(body: string | { command: string[] }, path: Path): Told[] {
  if (typeof body === "string") return [];
  const program = basename(body.command[0] ?? "");
  return body.command.map((text, index): Told => ({
    text,
    path: [...path, "command", index],
    use: "argument",
    program,
  }));
}

function given(parameters: Record<string, unknown>, path: Path): Told[] {
  return Object.entries(parameters).flatMap(([name, text]): Told[] =>
    typeof text === "string" ? [{ text, path: [...path, name], use: "text" }] : [],
  );
}
