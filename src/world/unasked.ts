import { exit, UserError } from "../errors.ts";

/** A key that is stuck, or a program that types, is nobody's consent. */
export function keysNeverEnd(question: string): UserError {
  return new UserError({
    what: `"${question}" was not asked: for ten seconds keys kept coming, as if one were stuck or a program typed them`,
    next: "free the keyboard and run it again",
    code: exit.refused,
  });
}

/** Nobody sits there who could answer. */
export function needsTerminal(question: string): UserError {
  return new UserError({
    what: `"${question}" needs a terminal to be answered on`,
    next: "run it on a terminal, or give the answer on the command line (see --help)",
    code: exit.refused,
  });
}
