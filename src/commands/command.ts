import type { ExitCode, UserError } from "../errors.ts";
import type { World } from "../world/world.ts";

/** Headings of the help, in this order. */
export const groups = ["Start here", "Respond", "Change production", "Look back", "Prepare"] as const;
export type Group = (typeof groups)[number];

/** A word after the command's name, called by its place. */
export interface Argument {
  summary: string;
  /** left out: the word may be missing */
  required?: true;
  /** takes all remaining words; only for the last */
  many?: true;
}

/** `--its-key`; a flag when it has no `value`. */
export interface Option {
  summary: string;
  /** what stands after it in the help: "D=V", "FILE" */
  value?: string;
  /** the value may be left out, and then is this */
  bare?: string;
  /** "-o" */
  short?: string;
  /** may be given several times */
  many?: true;
  required?: true;
  choices?: readonly string[];
  default?: string;
}

type Arguments = Record<string, Argument>;
type Options = Record<string, Option>;

/** What was given on the command line, already checked against the command's arguments, options and choices. */
export interface Input<A = Arguments, O = Options> {
  args: { [name in keyof A]: Given<A[name]> };
  options: { [name in keyof O]: O[name] extends { value: string } ? Given<O[name]> : boolean };
  json: boolean;
}

type Given<T> = T extends { many: true }
  ? string[]
  : T extends { required: true } | { default: string }
    ? string
    : string | undefined;

interface Spelled<A, O> {
  /** the words typed: "incident start"; "" is the bare `llmops` */
  name: string;
  /** one line, lower case, at most 60 characters */
  summary: string;
  group: Group;
  /** a paragraph for its own help: what it does to production, what its exit code says */
  details?: string;
  /** in the order they are typed; names are shown in capitals */
  args?: A;
  /** by long name without the dashes */
  options?: O;
  /** offers `--json`: exactly one object on stdout, or JSON Lines where the result is a stream */
  json?: true;
  /** whole command lines, shown at the bottom of its help */
  examples?: readonly string[];
  /**
   * Throws UserError, Interrupted, or a bug. Everything heavy (zod, yaml, undici, the engine) is `await import()`ed in
   * here: help never loads it.
   */
  run(world: World, input: Input<A, O>): Promise<ExitCode>;
}

/** One command. Light data: what its file imports is loaded for every `--help`. */
// `any`: a list of commands holds different inputs; each was checked against its own by `command`.
// oxlint-disable-next-line typescript/no-explicit-any
export type Command = Omit<Spelled<Arguments, Options>, "run"> & { run(world: World, input: any): Promise<ExitCode> };

/** Types `input` of `run` from the arguments and options as they are written. */
export function command<const A extends Arguments = {}, const O extends Options = {}>(spelled: Spelled<A, O>): Command {
  return spelled;
}

/** What a command line asks for. */
export type Asked =
  /** help or version: `code` 0 goes to stdout, anything else to stderr */
  | { print: string; code: ExitCode }
  | { problem: UserError; json: boolean; color: boolean }
  | { command: Command; input: Input; json: boolean; color: boolean };
