import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { openExec } from "../../src/world/exec.ts";
import { realFiles } from "../../src/world/files.ts";
import { openHttp } from "../../src/world/http.ts";
import { openRedis } from "../../src/world/redis.ts";
import type { Event } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { fakeWorld, type FakeWorld } from "../fake/world.ts";
import { verifyChain } from "../timeline/verify.ts";

/** The whole program in a temporary folder: its files, its network and the programs that it runs are real, its clock jumps over every wait. */
export interface OnPlace {
  world: FakeWorld;
  /** exit code, and what was said meanwhile */
  llmops(...argv: string[]): Promise<{ code: number; said: string }>;
  /** every incident, its chain verified */
  incidents(): Promise<{ incident: Incident; events: Event[]; text: string }[]>;
  remove(): void;
}

/** `project`: what llmops.yaml holds, as JSON, which is YAML. */
export function openOnPlace(project: object, env: Record<string, string>): OnPlace {
  const folder = mkdtempSync(join(tmpdir(), "llmops-place-"));
  writeFileSync(join(folder, "llmops.yaml"), JSON.stringify(project));
  const fake = fakeWorld({ env, cwd: folder });
  const http = openHttp({}, fake.clock, fake.interrupted);
  const exec = openExec({ PATH: process.env["PATH"], ...env }, fake.interrupted);
  const redis = openRedis({}, fake.interrupted);
  const world: FakeWorld = {
    ...fake,
    http: (request) => fake.clock.hold(http(request)),
    exec: (argv, options) => fake.clock.hold(exec(argv, options)),
    redis: (server, work) => fake.clock.hold(redis(server, work)),
    files: realFiles as FakeWorld["files"],
  };
  const incidents = join(folder, ".llmops", "incidents");
  return {
    world,
    async llmops(...argv) {
      const before = world.terminal.screen.length;
      const out = world.terminal.output.length;
      const asked = parse(argv);
      if ("print" in asked) throw new Error(asked.print);
      const code = await run(asked, world);
      const said = world.terminal.screen.slice(before) + world.terminal.output.slice(out);
      return { code, said };
    },
    async incidents() {
      const ids = (await realFiles.list(incidents)).toSorted();
      return Promise.all(
        ids.map(async (id) => {
          const text = (await realFiles.read(join(incidents, id, "timeline.jsonl"))) ?? "";
          const events = text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as Event);
          const wrong = verifyChain(events);
          if (wrong !== undefined) throw new Error(JSON.stringify(wrong));
          return { incident: foldIncident(events), events, text };
        }),
      );
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
