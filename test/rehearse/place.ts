import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { fakeWorld, type FakeOptions, type FakeWorld } from "../fake/world.ts";

export const shipped = (name: string) => readFileSync(`runbooks/${name}`, "utf8");
export const kept = (name: string) => readFileSync(`test/rehearse/${name}`, "utf8");

export interface Place {
  world: FakeWorld;
  llmops(...argv: string[]): Promise<number>;
  /** what was printed for programs since it was asked last */
  printed(): string;
}

/** A folder with runbooks and tests in it. */
export function setPlace(files: Record<string, string>, more: FakeOptions = {}): Place {
  const world = fakeWorld({ files, ...more });
  let read = 0;
  return {
    world,
    async llmops(...argv) {
      const asked = parse(argv);
      if ("print" in asked) throw new Error(asked.print);
      const code = await run(asked, world);
      expect(world.requests).toEqual([]);
      return code;
    },
    printed() {
      const said = world.terminal.output.slice(read);
      read = world.terminal.output.length;
      return said;
    },
  };
}
