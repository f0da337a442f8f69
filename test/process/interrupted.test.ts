import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openConfigApi, type Behaviour, type ConfigApi, type Exchange } from "../torture/configApi.ts";
import { openPlace, projectOn, type Place, type Running } from "../torture/place.ts";

let [api, place] = [undefined as ConfigApi | undefined, undefined as Place | undefined];
afterEach(async () => {
  place?.remove();
  await api?.close();
});

const route = { "/routes/support.reply": '{"max_tokens": 4096, "enabled": true}' };
const clamp = ["mitigate", "token-clamp", "--scope", "route=support.reply", "--reason", "cost", "--yes"];

async function given(script?: (exchange: Exchange) => Behaviour | undefined, more = ""): Promise<Place> {
  api = await openConfigApi({ documents: { ...route }, ...(script === undefined ? {} : { script }) });
  return (place = openPlace(projectOn(api.url, more)));
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 800) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const writing = () => until(() => api!.writes().length > 0);
const told = (running: Running): (() => string) => {
  let text = "";
  running.child.stderr!.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
};
const live = () => JSON.parse(api!.documents.get("/routes/support.reply")!) as { max_tokens: number };
const types = () =>
  place!
    .timeline()
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { type: string }).type);

describe("a signal while a write is in flight", () => {
  it("I04, I05: the first lets it finish, tells what was changed, and ends with its code", async () => {
    await given(({ write }) => (write === 1 ? { delayBefore: 1000 } : undefined));
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
      ["SIGQUIT", 143],
    ] as const) {
      api!.documents.set("/routes/support.reply", route["/routes/support.reply"]);
      api!.journal.length = 0;
      const running = place!.start(clamp);
      await writing();
      running.child.kill(signal);
      const ended = await running.ended;
      expect([signal, ended.code, live().max_tokens]).toEqual([signal, code, 512]);
      expect(ended.stderr).toContain("m1 is being written: its answer is waited for, 5s at most");
      expect(ended.stderr).toMatch(
        /In production because of CHG-\S+:\n {2}m1 {2}max_tokens 4096 → 512 .*\nInterrupted\.\n$/,
      );
      expect(api!.writes()).toHaveLength(1);
      expect(
        types()
          .filter((type) => ["intended", "written", "read-back"].includes(type))
          .slice(-3),
      ).toEqual(["intended", "written", "read-back"]);
      expect(types().slice(-2)).toEqual(["noted", "closed"]);
    }
  });

  it("I04: a write that nobody answers in its last chance stays in doubt, and that is told", async () => {
    await given(({ write }) => (write > 0 ? { hang: true } : undefined));
    const running = place!.start([...clamp, "--json"]);
    await writing();
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /m1 .*: IN DOUBT, it may\s+or may not be there \(llmops watch --once settles it by reading\)/,
    );
    expect(JSON.parse(stdout)).toEqual({
      error: { what: "interrupted", next: "llmops mitigation list", changed: "unknown", code: 130 },
    });
    expect(api!.writes()).toHaveLength(1);
    expect((await place!.llmops(["mitigation", "list"])).stdout).toContain("IN DOUBT");
  });

  it("I04: the second leaves at once and keeps the unresolved intent", async () => {
    await given(({ write }) => (write > 0 ? { hang: true } : undefined));
    const running = place!.start(clamp);
    const text = told(running);
    await writing();
    running.child.kill("SIGINT");
    await until(() => text().includes("Ctrl-C again leaves at once"));
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Left at once\. What production carries, and what is in doubt: llmops mitigation list\n$/);
    expect(types().at(-1)).toBe("intended");
    expect((await place!.llmops(["mitigation", "list"])).stdout).toContain("IN DOUBT");
    expect(api!.writes()).toHaveLength(1);
  });
});

it("I04: what only reads is given up at once, nothing is written after a signal, and nothing claims a change", async () => {
  await given(() => ({ hang: true }));
  const began = performance.now();
  const running = place!.start([...clamp, "--json"]);
  await until(() => api!.journal.length > 0);
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  expect(performance.now() - began).toBeLessThan(9000);
  expect([code, api!.writes()]).toEqual([130, []]);
  expect(JSON.parse(stdout)).toMatchObject({ error: { what: "interrupted", changed: "no" } });
  expect(stderr).not.toContain("In production");
  expect(types()).not.toContain("intended");
});

describe("a program that a step runs", () => {
  const step = `
id: jobs
title: Jobs
class: cost
severity: SEV3
summary: Runs a program.
scope: []
owner: tests
reviewed: 2026-11-21
evidence: {}
steps:
  - { id: end, title: End the jobs, run: end-jobs }
  - { id: look, title: Look, instruct: Look. }
`;

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("I05, A11: %s ends it too, told and recorded, and no zombie stays", async (signal, code) => {
    await given(undefined, `runbooks: runbooks\nactions: { end-jobs: { command: [./jobs.sh] } }\n`);
    mkdirSync(join(place!.folder, "runbooks"));
    writeFileSync(join(place!.folder, "runbooks/jobs.yaml"), step);
    writeFileSync(join(place!.folder, "jobs.sh"), "#!/bin/sh\necho $$ > pid\nexec sleep 600\n", { mode: 0o755 });
    writeFileSync(join(place!.folder, "answers.yaml"), "end: run\nlook: done\n");
    const running = place!.start(["incident", "start", "jobs", "--answers", "answers.yaml"]);
    const file = join(place!.folder, "pid");
    await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
    running.child.kill(signal);
    const ended = await running.ended;
    expect([ended.code, ended.signal]).toEqual([code, null]);
    expect(existsSync(`/proc/${readFileSync(file, "utf8").trim()}`)).toBe(false);
    expect(ended.stderr).toContain("end-jobs did not end by itself: what it did is not known");
    expect(types().filter((type) => type === "ran")).toHaveLength(2);
    expect(types().at(-1)).toBe("noted");
  });
});
