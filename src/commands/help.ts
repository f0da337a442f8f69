import type { Argument, Command, Option } from "./command.ts";
import { groups } from "./command.ts";
import { families } from "./index.ts";

const columns = 80;

const json: Option = { summary: "exactly one JSON object on stdout, also on errors" };
const noColor: Option = { summary: "no colour, as NO_COLOR does" };

/** The help of what was typed so far: "" (everything), "incident" (a family) or "incident start". ASCII, 80 columns. */
export function help(name: string, commands: readonly Command[]): string {
  if (name === "") return helpForAll(commands);
  const command = commands.find((it) => it.name === name);
  return command !== undefined
    ? helpFor(command)
    : helpForFamily(
        name,
        commands.filter((it) => it.name.startsWith(`${name} `)),
      );
}

const everywhere: Record<string, Option> = {
  json: { summary: `${json.summary}, where a command offers it` },
  "no-color": noColor,
  help: { short: "-h", summary: "of any command: llmops incident start --help" },
  version: { summary: "the version" },
};

/** `llmops --help`: every command on one line. */
function helpForAll(commands: readonly Command[]): string {
  const bare = commands.find((it) => it.name === "");
  const grouped = groups.map((group) => commands.filter((it) => it.group === group && it !== bare));
  return page([
    ["", ["llmops: incident response for LLM products, in one terminal"]],
    ["", ["Usage: llmops [COMMAND] [OPTIONS]"]],
    ["", bare === undefined ? [] : wrap(`Without a command: ${bare.summary}.`, "")],
    ...grouped.map((some, i): Section => [groups[i]!, rows(some.map(asRow))]),
    ["Options", rows(Object.entries(everywhere).map(optionRow))],
    ["Exit codes", wrap(exitCodes, "  ")],
    ["Examples", grouped.flatMap((some) => some.flatMap((it) => it.examples ?? []).slice(0, 1)).flatMap(example)],
  ]);
}

/** `llmops incident --help`: the commands that begin with one word. */
function helpForFamily(family: string, commands: readonly Command[]): string {
  return page([
    ["", [`llmops ${family}: ${families[family] ?? "its commands"}`]],
    ["", [`Usage: llmops ${family} COMMAND [OPTIONS]`]],
    ["Commands", rows(commands.map(asRow))],
    ["", [`Options and examples of one: llmops ${commands[0]?.name ?? family} --help`]],
  ]);
}

/** `llmops incident start --help`. */
function helpFor(command: Command): string {
  const options = {
    ...command.options,
    ...(command.json && { json }),
    "no-color": noColor,
    help: { short: "-h", summary: "this text" },
  };
  return page([
    ["", wrap(`llmops ${command.name}: ${command.summary}`, "")],
    ["", [`Usage: ${["llmops", command.name, ...words(command), "[OPTIONS]"].filter(Boolean).join(" ")}`]],
    ["", command.details === undefined ? [] : wrap(command.details, "")],
    ["Arguments", rows(Object.entries(command.args ?? {}).map(([name, it]) => [name.toUpperCase(), it.summary]))],
    ["Options", rows(Object.entries(options).map(optionRow))],
    ["Examples", (command.examples ?? []).flatMap(example)],
  ]);
}

const exitCodes =
  "0 done, 1 findings or not proven, 2 usage, 3 could not do it and nothing changed, 4 refused, 5 conflict, " +
  "6 unknown whether applied, 129 hung up, 130 interrupted, 143 terminated";

type Row = [term: string, summary: string];
/** a heading ("" for none) and its lines; without lines it is left out */
type Section = [heading: string, lines: string[]];

function page(sections: Section[]): string {
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => [...(heading === "" ? [] : [heading]), ...lines].join("\n") + "\n")
    .join("\n");
}

function asRow(command: Command): Row {
  return [[command.name, ...words(command)].join(" "), command.summary];
}

function words(command: Command): string[] {
  return Object.entries(command.args ?? {}).map(([name, it]) => wordFor(name, it));
}

/** "RUNBOOK" when required, "[RUNBOOK]" when not, "RUNBOOK..." when many. */
function wordFor(name: string, argument: Argument): string {
  const word = name.toUpperCase() + (argument.many ? "..." : "");
  return argument.required ? word : `[${word}]`;
}

/** "--scope D=V" */
function flagFor(name: string, option: Option): string {
  const value = option.bare === undefined ? option.value : `[${option.value}]`;
  return `--${name}${value === undefined ? "" : ` ${value}`}`;
}

function optionRow([name, option]: [string, Option]): Row {
  const notes = [
    option.choices?.join(", "),
    option.default && `default ${option.default}`,
    option.required && "required",
    option.many && "repeatable",
  ].filter(Boolean);
  const short = option.short === undefined ? "" : `${option.short}, `;
  return [short + flagFor(name, option), option.summary + (notes.length === 0 ? "" : ` (${notes.join("; ")})`)];
}

function rows(all: Row[]): string[] {
  const width = Math.min(34, Math.max(0, ...all.map(([term]) => term.length)));
  return all.flatMap(([term, summary]) => {
    const lines = wrap(summary, " ".repeat(width + 4));
    return term.length > width
      ? [`  ${term}`, ...lines]
      : [`  ${term.padEnd(width)}  ${lines[0]!.trimStart()}`, ...lines.slice(1)];
  });
}

/** A whole command line; a long one is broken before an option, in the shell's way. */
function example(line: string): string[] {
  return line.split(/ (?=--)/).reduce<string[]>((lines, part) => {
    const last = lines.at(-1);
    if (last === undefined) return [`  ${part}`];
    return last.length + part.length < columns - 2
      ? [...lines.slice(0, -1), `${last} ${part}`]
      : [...lines.slice(0, -1), `${last} \\`, `      ${part}`];
  }, []);
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, indent + line];
}
