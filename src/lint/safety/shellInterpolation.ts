import { basename } from "node:path";
import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";
import { commandsOf, placeholderIn } from "./commands.ts";

/** Programs that read one of their arguments as a program: its option, or "rest" where all that follows is read so. */
const readers: readonly (readonly [program: RegExp, option: RegExp | "rest"])[] = [
  [/^(?:ba|da|z|k|a|fi|c|tc)?sh$/, /^-[a-z]*c$/],
  [/^(?:ssh|eval|watch|parallel)$/, "rest"],
  [/^su$/, /^(?:-c|--command)$/],
  [/^(?:python|pypy)[\d.]*$/, /^-[a-zA-Z]*c$/],
  [/^(?:perl|ruby)$/, /^-[a-z]*[eE]$/],
  [/^(?:node|deno|bun)$/, /^(?:-e|-p|--eval|--print|eval)$/],
  [/^php$/, /^-r$/],
  [/^(?:pwsh|powershell)$/, /^-(?:c|Command|EncodedCommand)$/i],
  [/^(?:psql|clickhouse-client)$/, /^(?:-[a-zA-Z]*c|--command|--query)$/],
  [/^(?:mysql|mariadb)$/, /^(?:-e|--execute)$/],
  [/^mongosh?$/, /^--eval$/],
  [/^redis-cli$/, /^(?:eval|EVAL)$/],
];
/** A placeholder in their options may stand as it is: the value is one word there. */
const own = /^(?:-[a-zA-Z]|--[a-z-]+)$/;

export const shellInterpolation: RuleOn<"yaml"> = {
  on: "yaml",
  name: "shell-interpolation",
  summary: "no value of the incident stands where another program reads it as a program",
  severity: "error",
  why: "A user or a tenant with `; rm -rf ~` or `' OR 1=1` in its name runs that, with the rights of whoever is on call.",
  seen: "jupyter-infra/jupyter-deploy#370: names of users went into `sh update-auth.sh users {{users}}`, and `alice; curl … | sh` ran as root.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
scope: [user]
evidence: { burn: cost_per_hour }
steps:
  - { id: jobs, title: End jobs, run: { command: [ssh, worker, "pkill -f {user}"] } }
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
scope: [user]
evidence: { burn: cost_per_hour }
steps:
  - { id: jobs, title: End jobs, run: { command: [./end-jobs.sh, --user, "{user}"] } }
`,
  check(document, _, report) {
    for (const { argv, path } of commandsOf(document)) {
      for (const [at, program] of readAsProgram(argv)) {
        const named = placeholderIn(argv[at]!);
        if (named === undefined) continue;
        const from = argv[at]!.indexOf(named);
        report(
          { path: [...path, at], from, to: from + named.length },
          `${harmless(program)} reads ${named} as part of a program, and runs what stands in it`,
          "call a script of yours that takes it as an argument",
        );
      }
    }
  },
};

/** Places of the words that a program among them reads as a program of its own. */
function readAsProgram(argv: readonly string[]): Map<number, string> {
  const read = new Map<number, string>();
  for (const [at, word] of argv.entries()) {
    const program = basename(word);
    const option = readers.find(([name]) => name.test(program))?.[1];
    if (option === undefined) continue;
    if (option === "rest") {
      // `ssh -i KEY HOST COMMAND…`: all words are joined on the other side; the value of an option is not
      for (let next = at + 1; next < argv.length; next++)
        if (!own.test(argv[next - 1]!) || next - 1 === at) read.set(next, program);
      continue;
    }
    const where = argv.findIndex((one, index) => index > at && option.test(one));
    if (where >= 0 && where + 1 < argv.length) read.set(where + 1, program);
  }
  return read;
}
