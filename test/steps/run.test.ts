import { describe, expect, it } from "vitest";
import type { Action, Ended } from "../../src/actions/action.ts";
import { command } from "../../src/actions/command.ts";
import { flushRedis } from "../../src/actions/flushRedis.ts";
import { fact } from "../../src/timeline/event.ts";
import type { World } from "../../src/world/world.ts";
import { run } from "../../src/steps/run.ts";
import { drive } from "./drive.ts";

describe("a command", () => {
  const step = "{ id: jobs, title: End runaway jobs, run: end-jobs }";
  const actions = (world: World) => ({
    "end-jobs": command.open(
      { command: ["./end.sh", "--route={route}", "{route}"], count: ["./count.sh", "{route}"], irreversible: true },
      world,
      "/etc/shop",
    ),
  });
  const count = { argv: ["./count.sh", "support.reply"], result: { stdout: "14 jobs\n" } };

  it("shows the command, counts, asks, and records the intent before and the end after", async () => {
    const end = {
      argv: ["./end.sh", "--route=support.reply", "support.reply"],
      result: { stdout: "ended\u001b[31m\n" },
    };
    const { outcome, facts, said, asked } = await drive({
      step,
      actions,
      world: { runs: [count, end] },
      answers: ["run"],
    });
    expect(outcome).toBe("done");
    expect(said[0]).toBe("  ./end.sh --route=support.reply support.reply\n  It would touch 14 jobs.");
    expect(asked[0]).toMatchObject({ question: "Run it? It cannot be undone.", otherwise: "leave" });
    expect(asked[0]).not.toHaveProperty("proposed");
    expect(facts.map(({ payload }) => payload)).toMatchObject([
      { phase: "intended", code: null, argv: end.argv },
      { phase: "done", code: 0, output: "ended\\u001b[31m" },
    ]);
  });

  it("runs nothing when it is left", async () => {
    const { outcome, facts } = await drive({ step, actions, world: { runs: [count] }, answers: ["leave"] });
    expect(outcome).toBe("declined");
    expect(facts.map(({ type }) => type)).toEqual(["declined"]);
  });

  it("fails with the exit code", async () => {
    const end = { argv: ["./end.sh", "--route=support.reply", "support.reply"], result: { code: 3, stderr: "no" } };
    const { outcome, facts, said } = await drive({ step, actions, world: { runs: [count, end] }, answers: ["run"] });
    expect(outcome).toBe("failed");
    expect(facts.at(-1)?.payload).toMatchObject({ phase: "done", code: 3, output: "no" });
    expect(said.at(-1)).toContain("exit code 3");
  });

  it("is an instruction where the project has no such action, also for names of its prototype", async () => {
    expect(await drive({ step })).toMatchObject({
      outcome: "not-offered",
      facts: [],
      said: ['The project has no action "end-jobs". By hand: End runaway jobs.'],
    });
    expect((await drive({ step: "{ id: a, title: A, run: toString }" })).outcome).toBe("not-offered");
  });

  it("refuses a value that a program could take for an option", async () => {
    const before = [fact("scoped", { scope: { route: "--all" }, why: "" })];
    await expect(drive({ step, actions, before })).rejects.toMatchObject({
      what: expect.stringContaining('"--all" could be taken for an option'),
    });
  });

  it("refuses a value that is empty: a program may take that for all of them", async () => {
    const before = [fact("scoped", { scope: { route: "" }, why: "" })];
    await expect(drive({ step, actions, before })).rejects.toMatchObject({
      what: "./end.sh was not run: the route is not known",
    });
  });

  it("J04: no value chooses the program, and none is part of a script", () => {
    const wrong = (command: string[]) => run.schema.safeParse({ command }).error?.issues.map((one) => one.message);
    expect(wrong(["./{route}"])).toEqual([expect.stringContaining("names {route} in the program")]);
    expect(wrong(["bash", "-lc", "kill {user}"])).toEqual([expect.stringContaining("names {user} in a script")]);
    expect(wrong(["bash", "-lc", 'kill "$1"', "bash", "{user}"])).toBeUndefined();
  });

  it("asks for what the scope lacks, and never splits it into words", async () => {
    const inline = '{ id: a, title: A, run: { command: [./stop, "{user}", "{not-ours}"] } }';
    const runs = [{ argv: ["./stop", "u 1; rm -rf /", "{not-ours}"], result: {} }];
    const { outcome, said } = await drive({ step: inline, world: { runs }, answers: ["u 1; rm -rf /", "run"] });
    expect(outcome).toBe("done");
    expect(said[0]).toBe("  ./stop 'u 1; rm -rf /' '{not-ours}'");
  });

  it("warns before it is run again when nobody saw the end", async () => {
    const before = [
      fact(
        "ran",
        { action: "end-jobs", argv: [], code: null, output: "", irreversible: true, phase: "intended" },
        "example/jobs",
      ),
    ];
    const { asked } = await drive({ step, actions, before, world: { runs: [count] }, answers: ["leave"] });
    expect(asked[0]?.question).toContain("never seen to end");
  });
});

describe("an action that counts", () => {
  const step = "{ id: flush, title: Flush the answers, run: flush-answers }";
  const counted = {
    argv: ["flush", "a b"],
    count: 2,
    says: ["2 keys begin with cache:."],
    question: "Delete these 2 keys?",
  };
  function acting(ended: Ended, more: object = {}) {
    let runs = 0;
    const action: Action = {
      irreversible: true,
      needs: [],
      count: async () => ({ ...counted, run: async () => (runs++, ended), ...more }),
    };
    return { actions: () => ({ "flush-answers": action }), runs: () => runs };
  }

  it("says what it touches before it asks, and what became of it; the end stands on the record", async () => {
    const { actions, runs } = acting({ done: "2 keys were deleted." });
    const { outcome, said, asked, facts } = await drive({ step, actions, answers: ["run"] });
    expect({ outcome, runs: runs() }).toEqual({ outcome: "done", runs: 1 });
    expect(said).toEqual(["  flush 'a b'\n  2 keys begin with cache:.", "  2 keys were deleted."]);
    expect(asked).toMatchObject([{ question: "Delete these 2 keys? It cannot be undone." }]);
    const ran = { action: "flush-answers", argv: ["flush", "a b"], irreversible: true };
    expect(facts.map(({ type, payload }) => [type, payload])).toEqual([
      ["ran", { ...ran, phase: "intended", code: null, output: "" }],
      ["ran", { ...ran, phase: "done", code: 0, output: "2 keys were deleted." }],
    ]);
  });

  it("touches nothing when it is declined", async () => {
    const { actions, runs } = acting({ done: "" });
    expect(await drive({ step, actions, answers: ["leave"] })).toMatchObject({
      outcome: "declined",
      facts: [{ type: "declined", payload: { what: "run flush-answers" } }],
    });
    expect(runs()).toBe(0);
  });

  it.each<[string, Ended, number | null]>([
    ["failed", { failed: "1 key was deleted, then: no." }, 1],
    ["unknown", { unknown: "1 more may be gone." }, null],
  ])("that %s fails the step, and says so", async (_, ended, code) => {
    const { actions } = acting(ended);
    const { outcome, facts, said } = await drive({ step, actions, answers: ["run"] });
    expect(outcome).toBe("failed");
    const output = Object.values(ended)[0] as string;
    expect(facts.at(-1)).toMatchObject({ type: "ran", payload: { phase: "done", code, output } });
    expect(said.at(-1)).toBe(`  ${output}`);
  });

  it("that finds nothing to do asks nothing and records nothing", async () => {
    const { actions, runs } = acting({ done: "" }, { count: 0 });
    const { outcome, facts, said } = await drive({ step, actions });
    expect({ outcome, facts, runs: runs() }).toEqual({ outcome: "done", facts: [], runs: 0 });
    expect(said.at(-1)).toBe("  There is nothing to do: nothing was run.");
  });

  it("that cannot count runs nothing, and says what to do", async () => {
    const action: Action = {
      irreversible: true,
      needs: [],
      count: async () => ({ error: "no way", next: "go there" }),
    };
    const { outcome, facts, said } = await drive({ step, actions: () => ({ "flush-answers": action }) });
    expect({ outcome, facts }).toEqual({ outcome: "failed", facts: [] });
    expect(said).toEqual(["  no way. Nothing was run.\n  Next: go there."]);
  });

  it("F28: sends nothing that changes something before consent", async () => {
    const words: string[] = [];
    const keys = ["cache:support.reply:1", "cache:support.reply:2", "else"];
    const redis = (sent: readonly unknown[]) => {
      words.push(String(sent[0]));
      const replies: Record<string, unknown> = { DBSIZE: 3, INFO: "role:master", SCAN: ["0", keys], UNLINK: 2 };
      return { reply: replies[String(sent[0])] as never };
    };
    const settings = { url: "redis://127.0.0.1:6379", prefix: "cache:{route}:", at_most: 10 };
    const actions = (world: World) => ({ "flush-answers": flushRedis.open(settings, world, "/") });
    const declined = await drive({ step, actions, world: { redis }, answers: ["leave"] });
    expect(declined.outcome).toBe("declined");
    expect([...new Set(words)]).toEqual(["DBSIZE", "INFO", "SCAN"]);
    const done = await drive({ step, actions, world: { redis }, answers: ["run"] });
    expect(done.said.at(-1)).toBe("  2 keys were deleted.");
    expect(words.filter((word) => word === "UNLINK")).toHaveLength(1);
  });
});
