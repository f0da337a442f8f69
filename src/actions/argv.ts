import { basename } from "node:path";
import { z } from "zod";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { dimensions, isDimension, type Dimension, type Scope } from "../timeline/scope.ts";

const placeholder = /\{([a-z]+)\}/g;

/** A command line in a file of ours. */
export const argvSchema = z.tuple([z.string().min(1)], z.string()).superRefine((argv, context) => {
  const message = mistakeIn(argv);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Where a value would be more than one word of the program that was meant. */
function mistakeIn(argv: readonly string[]): string | undefined {
  const [first] = dimensionsIn(argv.slice(0, 1));
  if (first !== undefined)
    return `names {${first}} in the program: a value would choose what is run; give it as an argument`;
  const shell = argv.findIndex((word) => /^(ba|da|z|k|a|fi)?sh$/.test(basename(word)));
  const option = argv.findIndex((word, at) => shell >= 0 && at > shell && /^-[a-z]*c$/.test(word));
  const [read] = option < 0 ? [] : dimensionsIn(argv.slice(option + 1, option + 2));
  if (read === undefined) return undefined;
  return `names {${read}} in a script, and the shell would run what stands in it: write $1 there, and sh and {${read}} behind it`;
}

/** Dimensions that a command line names as `{route}`. */
export function dimensionsIn(argv: readonly string[]): Dimension[] {
  const named = argv.flatMap((word) => [...word.matchAll(placeholder)].map(([, name]) => name!));
  return dimensions.filter((d) => named.includes(d));
}

/**
 * The command line for a scope. A value stays inside its own argument: there is no shell, and one that starts with `-` is
 * refused, since the program could take it for an option.
 */
export function fillIn(argv: readonly [string, ...string[]], scope: Scope): [string, ...string[]] {
  return argv.map((word) =>
    word.replace(placeholder, (whole, name: string) => {
      if (!isDimension(name)) return whole;
      const value = scope[name];
      if (!value || value.startsWith("-") || value.includes("\0"))
        throw new UserError({
          what: `${harmless(argv[0])} was not run: the ${name} ${!value ? "is not known" : `${JSON.stringify(harmless(value))} could be taken for an option`}`,
          next: "run it by hand, or give another value with --scope",
          code: exit.usage,
        });
      return value;
    }),
  ) as [string, ...string[]];
}

/** A text for a scope, as it stands; every dimension that it names must be known. */
export function fillText(text: string, scope: Scope): string {
  return text.replace(placeholder, (whole, name: string) => (isDimension(name) ? scope[name]! : whole));
}

/** The first placeholder that is no dimension. */
export function strangerIn(text: string): string | undefined {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!).find((name) => !isDimension(name));
}

/** As one would type it into a shell; for reading and copying only. */
export function sayArgv(argv: readonly string[]): string {
  return argv
    .map((word) => harmless(/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
