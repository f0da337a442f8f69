import { Command as CommanderNode, CommanderError, Option as CommanderOption } from "commander";
import type { Asked, Command, Input, Option } from "./commands/command.ts";
import { help } from "./commands/help.ts";
import { commands } from "./commands/index.ts";
import { didYouMean, exit, UserError } from "./errors.ts";
import { shorten } from "./harmless.ts";
import { version } from "./version.ts";

/** Reads a command line (without node and script). Throws nothing for what was typed and touches nothing outside. */
export function parse(argv: readonly string[], known: readonly Command[] = commands): Asked {
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : [...argv];
  let asked: Asked | undefined;
  let printed = "";
  const root = plant(known, (text) => (printed += text));
  for (const command of known) {
    const node = reach(root, command.name);
    offer(node, command);
    node.action(() => {
      asked = chosen(root, node, command);
    });
  }
  try {
    argv.forEach(refuseLost);
    root.parse(words, { from: "user" });
  } catch (thrown) {
    if (thrown instanceof CommanderError)
      return { print: printed, code: thrown.exitCode === 0 ? exit.done : exit.usage };
    if (!(thrown instanceof UserError)) throw thrown;
    asked = { problem: thrown, json: words.includes("--json"), color: !words.includes("--no-color") };
  }
  return asked!;
}

/** Node puts U+FFFD for bytes that are no UTF-8: what was meant is lost, and must not be recorded as if it were not. */
function refuseLost(word: string): void {
  if (!word.includes("\ufffd")) return;
  throw new UserError({
    what: `"${shorten(word, 60)}" is not UTF-8 text`,
    next: "type it in a UTF-8 locale (locale charmap says which this is)",
    code: exit.usage,
  });
}

function plant(known: readonly Command[], print: (text: string) => void): Node {
  return new Node("llmops")
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print })
    .configureHelp({ formatHelp: (node) => help(wordsOf(node).join(" "), known) })
    .helpOption("-h, --help")
    .helpCommand(false)
    .option("--json")
    .option("--no-color")
    .version(version, "--version");
}

/** The node of a name of any number of words; "" is the root. */
function reach(root: Node, name: string): CommanderNode {
  let node: CommanderNode = root;
  for (const word of name === "" ? [] : name.split(" ")) {
    node = node.commands.find((it) => it.name() === word) ?? node.command(word);
  }
  return node;
}

/** Tells commander a command's arguments and options. */
function offer(node: CommanderNode, command: Command): void {
  for (const [name, it] of Object.entries(command.args ?? {})) {
    const word = name + (it.many ? "..." : "");
    node.argument(it.required ? `<${word}>` : `[${word}]`, it.summary);
  }
  for (const [name, it] of Object.entries(command.options ?? {})) {
    const value = it.bare === undefined ? `<${it.value}>` : `[${it.value}]`;
    const long = it.value === undefined ? `--${name}` : `--${name} ${value}`;
    const option = new CommanderOption(it.short === undefined ? long : `${it.short}, ${long}`, it.summary);
    if (it.value !== undefined) option.argParser((value, before) => take(node, option, it, value, before));
    if (it.default !== undefined) option.default(it.default);
    if (it.bare !== undefined) option.preset(it.bare);
    node.addOption(option.makeOptionMandatory(it.required ?? false));
  }
}

/** One value of an option, checked; `before` holds the earlier values of a repeatable one. */
function take(
  node: CommanderNode,
  option: CommanderOption,
  { choices, many }: Option,
  value: string,
  before: unknown,
): string | string[] {
  // `--reason --yes` is a forgotten reason, never a reason that says "--yes".
  if ([...node.options, ...top(node).options].some((it) => it.long === value))
    throw misused(node, `${spelled(option)} is followed by ${value}, not by a value`);
  if (choices !== undefined && !choices.includes(value)) {
    const instead = `${choices.join(", ")}, not "${shorten(value, 60)}"${didYouMean(value, choices)}`;
    throw misused(node, `${option.long} takes ${instead}`);
  }
  if (many) return [...((before as string[] | undefined) ?? []), value];
  if (node.getOptionValueSource(option.attributeName()) === "cli")
    throw misused(node, `${option.long} was given twice`);
  return value;
}

function chosen(root: CommanderNode, node: CommanderNode, command: Command): Asked {
  const { json = false, color } = root.opts<{ json?: boolean; color: boolean }>();
  if (json && !command.json) throw misused(node, `${title(node)} has no --json`);
  const args: Input["args"] = {};
  Object.keys(command.args ?? {}).forEach((name, i) => (args[name] = node.processedArgs[i] as string | undefined));
  const options: Record<string, unknown> = {};
  for (const [name, it] of Object.entries(command.options ?? {})) {
    const key = new CommanderOption(`--${name}`).attributeName();
    const given: unknown = node.getOptionValue(key);
    options[name] = given ?? (it.value === undefined ? false : it.many ? [] : undefined);
  }
  return { command, input: { args, options: options as Input["options"], json }, json, color };
}

/** Says commander's findings in our words. These are the methods in which commander 14 (pinned) puts its own. */
class Node extends CommanderNode {
  override createCommand(name?: string): CommanderNode {
    return new Node(name);
  }

  unknownCommand(): never {
    const typed = this.args[0]!;
    const near = didYouMean(
      typed,
      this.commands.map((it) => it.name()),
    );
    throw misused(this, `${title(this)} has no command "${shorten(typed, 60)}"${near}`);
  }

  unknownOption(typed: string): never {
    // With subcommands, `llmops incidnt --scope …` is first of all an unknown command.
    if (this.commands.length > 0 && this.args[0]?.startsWith("-") === false) this.unknownCommand();
    const flag = typed.split("=")[0]!;
    const known = [...this.options, ...top(this).options].flatMap((it) => it.long ?? []);
    if (known.includes(flag)) throw misused(this, `${flag} takes no value`);
    throw misused(this, `${title(this)} has no option "${shorten(flag, 60)}"${didYouMean(flag, known)}`);
  }

  missingArgument(name: string): never {
    const summary = this.registeredArguments.find((it) => it.name() === name)?.description ?? "";
    throw misused(this, `${title(this)} needs ${name.toUpperCase()}: ${summary}`);
  }

  optionMissingArgument(option: CommanderOption): never {
    throw misused(this, `${spelled(option)} has no value`);
  }

  missingMandatoryOptionValue(option: CommanderOption): never {
    throw misused(this, `${title(this)} needs ${spelled(option)}: ${option.description}`);
  }

  _excessArguments(given: string[]): never {
    if (this.commands.length > 0) this.unknownCommand();
    const extra = given.slice(this.registeredArguments.length).map((it) => `"${shorten(it, 60)}"`);
    throw misused(this, `${title(this)} does not take ${extra.join(" ")}`);
  }
}

function misused(node: CommanderNode, what: string): UserError {
  return new UserError({ what, next: `${title(node)} --help`, code: exit.usage });
}

/** "--scope D=V" */
function spelled(option: CommanderOption): string {
  return `${option.long} ${/[<[](.*)[>\]]/.exec(option.flags)?.[1] ?? ""}`.trim();
}

function title(node: CommanderNode): string {
  return ["llmops", ...wordsOf(node)].join(" ");
}

function wordsOf(node: CommanderNode): string[] {
  return node.parent === null ? [] : [...wordsOf(node.parent), node.name()];
}

function top(node: CommanderNode): CommanderNode {
  return node.parent === null ? node : top(node.parent);
}
