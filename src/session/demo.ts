import { join, relative } from "node:path";
import { exit, Interrupted, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import type { FaultName } from "../sandbox/fault.ts";
import { startSandbox, type Sandbox } from "../sandbox/sandbox.ts";
import { tell } from "../show/tell.ts";
import { sayDuration } from "../duration.ts";
import { fact } from "../timeline/event.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { fastClock } from "../world/clock.ts";
import type { World } from "../world/world.ts";
import { readAlerts } from "./alert.ts";
import { beginIncident } from "./begin.ts";
import { openStore } from "./ledger.ts";
import { render, writeUnedited } from "./postmortem.ts";
import { plays } from "./plays.ts";
import { walkIncident } from "./walk.ts";

/** How much faster than real time the sandbox lives: with somebody reading, and alone. */
const speeds = { read: 20, alone: 60 };

/** `llmops demo`: a sandbox with a fault, and an incident on it from page to postmortem. */
export async function playDemo(real: World, { runbook }: { runbook: string }): Promise<ExitCode> {
  const alone = !real.terminal.interactive;
  const speed = alone ? speeds.alone : speeds.read;
  const folder = join(real.cwd, "llmops-demo", `${runbook}-${real.random.id(4)}`);
  const world = {
    ...real,
    clock: fastClock(real.clock, speed),
    cwd: folder,
    terminal: alone ? tellingStdout(real) : real.terminal,
  };
  const say = (text: string) => tell(world.terminal, ...text.split("\n"));

  await world.files.makeFolder(folder);
  const sandbox = await startSandbox(world, { folder, seed: 7, fault: runbook as FaultName, tickMs: 5000 });
  try {
    await world.files.create(join(folder, "llmops.yaml"), sandbox.projectText());
    await world.files.create(join(folder, "alert.json"), `${JSON.stringify(sandbox.alert, null, 2)}\n`);
    say(intro(sandbox.url, speed, relative(real.cwd, folder)));
    const recorder = await play(world, runbook, alone, sandbox);
    await finish(recorder, world, alone);
    say(farewell(await filesBelow(world, folder), folder, real.cwd));
    return exit.done;
  } catch (thrown) {
    if (thrown instanceof Interrupted) say(goodbye(relative(real.cwd, folder), runbook));
    throw thrown;
  } finally {
    await sandbox.close();
  }
}

async function play(world: World, runbook: string, alone: boolean, sandbox: Sandbox): Promise<Recorder> {
  const project = await openProject(world);
  try {
    const store = openStore(world, project);
    const { firing } = readAlerts((await world.files.read(join(world.cwd, "alert.json")))!, "alert.json");
    const begin = { kind: "drill", runbook, alerts: firing, scope: {}, labels: {} } as const;
    const recorder = await beginIncident(world, project, store, begin);
    const { answers, mended } = plays[runbook]!;
    recorder.onEvent((event) => {
      if (event.step !== `${runbook}/${mended.at}`) return;
      if (event.type === "step-started") sandbox.mend().catch(() => {});
      if (event.type === "step-ended") tell(world.terminal, `  (In the sandbox, ${mended.says}.)`);
    });
    await walkIncident(world, project, store, recorder, alone ? { given: answers, yes: false } : undefined);
    return recorder;
  } finally {
    await project.close();
  }
}

/** Resolves it as `incident resolve` does, and writes the postmortem beside the record. */
async function finish(recorder: Recorder, world: World, alone: boolean): Promise<void> {
  if (alone || (await believesIt(world)))
    await recorder.record(fact("resolved", { note: "the demo's walk reached its end" }));
  const { markdown, full, parts } = await render(world, recorder.incident);
  await writeUnedited(world, join(world.cwd, "postmortem.md"), markdown);
  const summary = markdown.slice(0, markdown.indexOf("Numbers like")).trimEnd();
  const left = `${full} of its ${parts} parts are full; the others are marked for a person to write.`;
  tell(world.terminal, "", ...summary.split("\n"), "", left);
}

async function believesIt(world: World): Promise<boolean> {
  const answer = await world.terminal.menu({
    question: "Resolve it?",
    choices: [
      { value: "yes", label: "Yes: users are served again" },
      { value: "no", label: "Not yet: it stays open" },
    ],
    keys: {},
  });
  return "value" in answer && answer.value === "yes";
}

function intro(url: string, speed: number, folder: string): string {
  return `A simulated LLM gateway runs on ${url}, with traffic and a fault that began ten minutes ago.
One minute there takes ${sayDuration(60_000 / speed)} here. Everything is written below ${folder}.
The same against your own systems: llmops incident start --alert alert.json
`;
}

function farewell(files: string[], folder: string, cwd: string): string {
  const list = files.map((file) => `  ${relative(cwd, file)}`).join("\n");
  return `\nWritten:\n${list}\nLook at it again: cd ${relative(cwd, folder)} && npx llmops incident show`;
}

/** It cannot be gone on with: the traffic, the fault and what was changed lived in this program. */
function goodbye(folder: string, runbook: string): string {
  const again = runbook === "cost-spike" ? "" : ` --runbook ${runbook}`;
  return `The demo and its gateway have ended; nothing of it runs any more. Its record:
  cd ${folder} && npx llmops incident show
Play it anew, from here:
  npx llmops demo${again}`;
}

async function filesBelow(world: World, folder: string): Promise<string[]> {
  const found = await Promise.all([folder, join(folder, ".llmops")].map((root) => world.files.glob(root, "**")));
  return found.flat().sort();
}

/** Alone, the story is the product: it goes to stdout. */
function tellingStdout({ terminal }: World): World["terminal"] {
  return {
    ...terminal,
    people: (text) => terminal.programs(text),
    style: (style, text) => terminal.styleOut(style, text),
  };
}
