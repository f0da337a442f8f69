import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The program as it is shipped; tests and `npm run torture` run from the package's folder, bundled or not. */
export const bin = resolve("bin/llmops.js");

export interface Ended {
  /** null when a signal ended it */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

export interface Going {
  env?: Record<string, string>;
  /** what stands before the program: ["strace", …] */
  under?: readonly string[];
  input?: string;
  /** killed afterwards; default 60 s */
  timeoutMs?: number;
}

/** A folder with a project file, where the program runs as a process of its own. */
export interface Place {
  folder: string;
  /** below the folder, unless the project says otherwise */
  timelines: string;
  llmops(argv: readonly string[], going?: Going): Promise<Ended>;
  start(argv: readonly string[], going?: Going): Running;
  /** ids of the incidents, sorted */
  incidents(): string[];
  /** the bytes of one timeline, or of all of them in the order of their ids */
  timeline(incident?: string): string;
  remove(): void;
}

/** `parent`: where the folder is made, for other file systems than the usual one. `around`: more of the environment. */
export function openPlace(project: string, parent = tmpdir(), around: Record<string, string> = {}): Place {
  const folder = mkdtempSync(join(parent, "llmops-torture-"));
  const timelines = join(folder, ".llmops", "incidents");
  writeFileSync(join(folder, "llmops.yaml"), project);
  const incidents = () => (existsSync(timelines) ? readdirSync(timelines).sort() : []);
  const read = (incident: string) => {
    const file = join(timelines, incident, "timeline.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const start = (argv: readonly string[], going: Going = {}): Running => {
    const [program, ...args] = [...(going.under ?? []), process.execPath, bin, ...argv];
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      ...around,
      ...going.env,
    };
    const child = spawn(program!, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => {});
    child.stdin.end(going.input ?? "");
    const [out, err] = [[] as Buffer[], [] as Buffer[]];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    const timer = setTimeout(() => child.kill("SIGKILL"), going.timeoutMs ?? 60_000);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString("utf8"));
        resolve({ code, signal, stdout: stdout!, stderr: stderr! });
      });
    });
    return { child, ended };
  };
  return {
    folder,
    timelines,
    llmops: (argv, going) => start(argv, going).ended,
    start,
    incidents,
    timeline: (incident) => (incident === undefined ? incidents().map(read).join("") : read(incident)),
    remove: () => removeAll(folder),
  };
}

/** What was just told to end may write for a moment yet. */
function removeAll(folder: string): void {
  for (let tries = 0; ; tries++)
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (thrown) {
      if (tries === 50) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
}

/** A project with the config API as its only target: reads and writes, nothing measured. */
export function projectOn(url: string, more = ""): string {
  return `
targets:
  gateway:
    http:
      url: "${url}"
      levers:
        enabled:    { at: "/routes/{route}", pointer: /enabled }
        model:      { at: "/routes/{route}", pointer: /model }
        max_tokens: { at: "/routes/{route}", pointer: /max_tokens }
        blocked:    { at: "/blocked", member: "{user}", create: true }
defaults: { for: 30m, token-clamp: { max_tokens: 512 }, model-switch: { model: small } }
${more}`;
}
