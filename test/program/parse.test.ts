import { describe, expect, it } from "vitest";
import { groups } from "../../src/commands/command.ts";
import { commands, families } from "../../src/commands/index.ts";
import { exit } from "../../src/errors.ts";
import { parse } from "../../src/program.ts";
import { version } from "../../src/version.ts";
import { sampleCommands } from "./samples.ts";

const ask = (line: string) => parse(line.split(" ").filter(Boolean), sampleCommands());

/** What a line is refused with, and where it sends the reader. */
function refusal(line: string): string {
  const asked = ask(line);
  if (!("problem" in asked)) throw new Error(`accepted: ${JSON.stringify(asked)}`);
  expect(asked.problem).toMatchObject({ code: exit.usage, changed: "no" });
  return `${asked.problem.what} [${asked.problem.next}]`;
}

describe("a command line", () => {
  it("gives each command its words and options, typed and complete", () => {
    expect(ask("incident start cost-spike --scope a=1 --scope=b=2 --dry-run -o x")).toMatchObject({
      command: { name: "incident start" },
      input: {
        args: { runbook: "cost-spike" },
        options: { scope: ["a=1", "b=2"], severity: undefined, wait: "effect", output: "x", "dry-run": true },
        json: false,
      },
      color: true,
    });
    expect(ask("incident start")).toMatchObject({
      input: { args: { runbook: undefined }, options: { scope: [], "dry-run": false } },
    });
    expect(ask("incident note --reason why one two")).toMatchObject({ input: { args: { text: ["one", "two"] } } });
    expect(ask("incident note --reason why -- --json -x")).toMatchObject({
      input: { args: { text: ["--json", "-x"] }, json: false },
    });
  });

  it("takes --json and --no-color anywhere", () => {
    for (const line of [
      "--json --no-color incident start",
      "incident --json start --no-color",
      "incident start --no-color --json",
    ])
      expect(ask(line)).toMatchObject({
        command: { name: "incident start" },
        input: { json: true },
        json: true,
        color: false,
      });
  });

  it("without a command is the bare screen", () => {
    expect(ask("")).toMatchObject({ command: { name: "" }, input: { json: false } });
    expect(ask("--json")).toMatchObject({ command: { name: "" }, input: { json: true } });
  });
});

describe("a mistyped command line is usage", () => {
  it.each([
    ["incidnt", 'llmops has no command "incidnt", did you mean incident? [llmops --help]'],
    ["incidnt start --scope a=1", 'llmops has no command "incidnt", did you mean incident? [llmops --help]'],
    ["incident strat", 'llmops incident has no command "strat", did you mean start? [llmops incident --help]'],
    ["xyzzy", 'llmops has no command "xyzzy" [llmops --help]'],
    [
      "incident start --scop a=1",
      'llmops incident start has no option "--scop", did you mean --scope? [llmops incident start --help]',
    ],
    [
      "incident start --jsn",
      'llmops incident start has no option "--jsn", did you mean --json? [llmops incident start --help]',
    ],
    ["incident start --dry-run=yes", "--dry-run takes no value [llmops incident start --help]"],
    ["incident start -z", 'llmops incident start has no option "-z" [llmops incident start --help]'],
    ["incident start a b c", 'llmops incident start does not take "b" "c" [llmops incident start --help]'],
    ["incident note --reason x", "llmops incident note needs TEXT: what to remember [llmops incident note --help]"],
    ["incident note x", "llmops incident note needs --reason TEXT: why [llmops incident note --help]"],
    ["incident note x --reason", "--reason TEXT has no value [llmops incident note --help]"],
    [
      "incident note x --reason --reason",
      "--reason TEXT is followed by --reason, not by a value [llmops incident note --help]",
    ],
    [
      "incident start --output --dry-run",
      "--output FILE is followed by --dry-run, not by a value [llmops incident start --help]",
    ],
    ["incident start --output --json", "--output FILE has no value [llmops incident start --help]"],
    ["incident start -o a --output b", "--output was given twice [llmops incident start --help]"],
    [
      "incident start --severity SEV3",
      '--severity takes SEV1, SEV2, not "SEV3", did you mean SEV1? [llmops incident start --help]',
    ],
    ["incident note x --reason y --json", "llmops incident note has no --json [llmops incident note --help]"],
    ["incident start \u001b[31mred x", 'llmops incident start does not take "x" [llmops incident start --help]'],
    ["\u001b[31mred", 'llmops has no command "\\u001b[31mred" [llmops --help]'],
  ])("%j", (line, said) => expect(refusal(line)).toBe(said));

  it("remembers --json, so that the answer is an object too", () => {
    expect(ask("incidnt --json")).toMatchObject({ json: true });
    expect(ask("incidnt")).toMatchObject({ json: false });
  });
});

describe("help", () => {
  it("of one command", () => {
    expect(ask("incident start --help")).toEqual({
      code: exit.done,
      print: `llmops incident start: open an incident and walk its runbook

Usage: llmops incident start [RUNBOOK] [OPTIONS]

Fetches the evidence first. Production changes only where a plan was shown and
somebody said yes to it.

Arguments
  RUNBOOK  its id

Options
  --scope D=V        which tenant, route, user (repeatable)
  --severity S       how bad (SEV1, SEV2)
  --wait WHAT        how long (default effect)
  -o, --output FILE  where to
  --dry-run          only show the plan
  --json             exactly one JSON object on stdout, also on errors
  --no-color         no colour, as NO_COLOR does
  -h, --help         this text

Examples
  llmops incident start cost-spike --scope tenant=acme
`,
    });
  });

  it("breaks a long example where a shell can read it", () => {
    const long = {
      ...sampleCommands()[1]!,
      examples: [`llmops incident start --reason "a b" ${"--scope route=support.reply ".repeat(3)}`],
    };
    const asked = parse(["incident", "start", "--help"], [long]);
    expect("print" in asked && asked.print.split("Examples\n")[1]).toBe(
      '  llmops incident start --reason "a b" --scope route=support.reply \\\n      --scope route=support.reply --scope route=support.reply \n',
    );
  });

  it("is the same however it is asked for, and wins over mistakes", () => {
    const wanted = ask("incident start --help");
    for (const line of ["incident start -h", "help incident start", "incident start --nonsense --help"])
      expect(ask(line)).toEqual(wanted);
    expect(ask("help")).toEqual(ask("--help"));
    expect(ask("incident --help")).toEqual(ask("help incident"));
  });

  it("of a family without its second word is usage", () => {
    expect(ask("incident")).toEqual({ ...ask("incident --help"), code: exit.usage });
  });

  it("tells the version", () => {
    expect(ask("--version")).toEqual({ print: `${version}\n`, code: exit.done });
  });
});

describe("the shipped commands", () => {
  const names = commands.map((it) => it.name);

  it("have different names, a family, a group and one line that fits", () => {
    expect(new Set(names).size).toBe(names.length);
    for (const { name, summary, group, options } of commands) {
      // commander reads " ", "," and "|" in a value's name as the end of the flag
      for (const { value } of Object.values(options ?? {})) if (value) expect(value).toMatch(/^[^ ,|<>]+$/);
      if (name.includes(" ")) expect(families).toHaveProperty(name.split(" ")[0]!);
      expect(groups).toContain(group);
      expect(summary, name).toMatch(/^[^A-Z\n].{0,59}$/);
    }
    for (const family of Object.keys(families))
      expect(
        names.some((it) => it.startsWith(`${family} `)),
        family,
      ).toBe(true);
  });

  it.each(["", ...Object.keys(families), ...names].map((it) => [it]))("help of %j: ASCII, 80 columns", (name) => {
    const asked = parse([...name.split(" ").filter(Boolean), "--help"]);
    if (!("print" in asked)) throw new Error(JSON.stringify(asked));
    expect(asked.print).toMatch(/^[\n\x20-\x7e]+$/);
    for (const line of asked.print.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each(commands.flatMap((it) => (it.examples ?? []).map((line) => [line, it.name])))(
    "example %j is one of %j",
    (line, name) => {
      const [program, ...words] = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
      expect(program).toBe("llmops");
      expect(parse(words)).toMatchObject({ command: { name } });
    },
  );
});
