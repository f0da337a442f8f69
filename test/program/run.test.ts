import { describe, expect, it } from "vitest";
import { command, type Asked } from "../../src/commands/command.ts";
import { exit, Interrupted, UserError } from "../../src/errors.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { fakeWorld } from "../fake/world.ts";
import { sampleCommands } from "./samples.ts";

/** Runs one line; what it says on stdout and stderr, and its exit code. */
async function play(line: string, thrown?: unknown) {
  const breaks = command({
    name: "break",
    summary: "throws",
    group: "Respond",
    json: true,
    run: async () => {
      throw thrown;
    },
  });
  const world = fakeWorld({ unicode: false });
  const asked = parse(line.split(" "), [...sampleCommands(), breaks]) as Exclude<Asked, { print: string }>;
  const code = await run(asked, world);
  return { code, out: world.terminal.output, err: world.terminal.screen };
}

const taken = new UserError({
  what: "cannot write llm/x: the token was refused (401)",
  next: "llmops doctor",
  changed: "unknown",
  code: exit.unknown,
});

describe("a command's end", () => {
  it("is its exit code", async () => {
    expect(await play("incident start")).toEqual({ code: exit.done, out: "", err: "" });
  });

  it("is told to people when the reader can act on it", async () => {
    const { code, out, err } = await play("break", taken);
    expect({ code, out }).toEqual({ code: exit.unknown, out: "" });
    expect(err).toContain("the token was refused (401)");
    expect(err).toMatch(/production changed: +unknown/);
    expect(err).toMatch(/next: +llmops doctor/);
  });

  it("is one JSON object on stdout, and nothing for people, with --json", async () => {
    expect(await play("break --json", taken)).toEqual({
      code: exit.unknown,
      out: `{"error":{"what":"cannot write llm/x: the token was refused (401)","next":"llmops doctor","changed":"unknown","code":6}}\n`,
      err: "",
    });
    const mistyped = await play("brake --json");
    expect(mistyped).toMatchObject({ code: exit.usage, err: "" });
    expect(JSON.parse(mistyped.out)).toEqual({
      error: {
        what: 'llmops has no command "brake", did you mean break?',
        next: "llmops --help",
        changed: "no",
        code: 2,
      },
    });
  });

  it("by a signal has the signal's code", async () => {
    expect(await play("break", new Interrupted(exit.terminated))).toEqual({
      code: 143,
      out: "",
      err: "Interrupted. It changed nothing in production.\n",
    });
    expect(await play("break --json", new Interrupted())).toEqual({
      code: 130,
      out: '{"error":{"what":"interrupted","next":null,"changed":"no","code":130}}\n',
      err: "",
    });
  });

  it("by a bug shows its stack and never claims that nothing changed", async () => {
    const bug = new TypeError("x is \u001b[31mundefined");
    const plain = await play("break", bug);
    expect(plain).toMatchObject({ code: exit.failed, out: "" });
    expect(plain.err).toContain("x is \\u001b[31mundefined");
    expect(plain.err).toContain("run.test.ts");
    expect(plain.err).toMatch(/production changed: +unknown/);
    const json = await play("break --json", "a thrown string");
    expect(JSON.parse(json.out)).toEqual({
      error: { what: "a bug: a thrown string", next: null, changed: "unknown", code: 3 },
    });
    expect(json.err).toContain("a thrown string");
  });
});
