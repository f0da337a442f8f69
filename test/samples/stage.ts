import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setStage, type Stage } from "../scenario/stage.ts";
import type { Typed } from "../fake/world.ts";

/** When the walk begins. */
export const now = Date.parse("2026-11-21T03:12:04Z");

const runbook = (logs: string) => `
id: look
title: Odd answers
class: quality
severity: SEV2
summary: Answers are odd.
scope: [route]
steps:
  - { id: samples, title: What do they say?, logs: ${logs} }
  - { id: after, title: And then, instruct: Go on. }
`;

const cleanups: (() => void)[] = [];
export function clearStages(): void {
  for (const clean of cleanups.splice(0)) clean();
}

export interface Look {
  /** body of the step */
  logs: string;
  records: object[];
  typed?: Typed[];
  /** more lines of the project file */
  project?: string;
  /** left out: the call records */
  sources?: string;
  columns?: number;
  unicode?: boolean;
}

export const start = ["incident", "start", "look", "--scope", "route=support.reply"] as const;

/** A stage whose only source is a real file of call records. */
export function lookStage({ logs, records, typed, project = "", sources, columns, unicode }: Look): Stage {
  const folder = mkdtempSync(join(tmpdir(), "llmops-samples-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "a.jsonl"), records.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const stage = setStage({
    routes: { "support.reply": { enabled: true } },
    ...(typed === undefined ? {} : { typed }),
    ...(columns === undefined ? {} : { columns }),
    ...(unicode === undefined ? {} : { unicode }),
    files: { "runbooks/look.yaml": runbook(logs), "answers.yaml": "after: done\n" },
    project: `
${sources ?? `sources: { calls: { calls: { files: "${folder}/*.jsonl" } } }`}
targets:
  gateway:
    http: { url: "http://gateway.test:8080", levers: { enabled: { at: "/routes/{route}", pointer: /enabled } } }
runbooks: runbooks
${project}`,
  });
  const { files } = stage.world;
  const { glob } = files;
  files.glob = async (root, pattern) =>
    root.startsWith(folder) || pattern.startsWith(folder)
      ? readdirSync(folder).map((name) => join(folder, name))
      : glob(root, pattern);
  return standing(stage);
}

/** No time passes for the program while it reads a real file. */
function standing(stage: Stage): Stage {
  const { llmops, typing } = stage;
  stage.llmops = (...argv) => stage.world.clock.hold(llmops(...argv));
  stage.typing = (...typed) => standing(typing(...typed));
  return stage;
}

let count = 0;
/** A call so many seconds before the walk. */
export function record(before: number, more: object = {}): Record<string, unknown> {
  return {
    timestamp: new Date(now - before * 1000).toISOString(),
    call_id: `c${++count}`,
    route: "support.reply",
    tenant: "acme",
    user_id: "u-8841",
    model: "gpt-4o",
    prompt_version: "v15",
    status: "success",
    finish_reason: "stop",
    latency_ms: 1240,
    token_usage: { prompt: 1204, completion: 391, total: 1595 },
    cost_usd: 0.0412,
    prompt_snapshot: "Where is my order?",
    response_snapshot: "On its way.",
    ...more,
  };
}

export async function timelineFile({ world }: Stage): Promise<{ id: string; file: string; text: string }> {
  const folder = `${world.cwd}/.llmops/incidents`;
  const [id] = await world.files.list(folder);
  const file = `${folder}/${id}/timeline.jsonl`;
  return { id: id!, file, text: (await world.files.read(file))! };
}
