import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasTmux = spawnSync("tmux", ["-V"]).error === undefined;

export interface Screen {
  /** what stands on the screen, without blank lines at the end */
  text(): string;
  /** with escape sequences for colour */
  painted(): string;
  /** key names as tmux spells them: "Enter", "Down", "C-c", "x" */
  keys(...names: string[]): void;
  /** as one paste; `marked`: as terminals do for programs that ask for it */
  paste(text: string, marked?: "marked"): void;
  resize(columns: number): void;
  /** is the cursor to be seen? */
  cursor(): boolean;
  /** waits ten seconds at most, unless told otherwise */
  shows(wanted: string | RegExp, seconds?: number): Promise<void>;
  /** what the program wrote to its file, and the exit code the shell saw */
  ended(): Promise<{ told: Record<string, unknown>; code: number }>;
  /** the window is closed while the program runs; what it wrote to its file afterwards */
  hangUp(): Promise<Record<string, unknown>>;
  close(): void;
}

let screens = 0;

interface Setting {
  env?: Record<string, string>;
  /** shell commands that come first, like `stty cols 0` */
  before?: string;
  columns?: number;
  rows?: number;
}

/** Runs `program SCENE FILE` on a real terminal. */
export function openScreen(program: string, scene: string, set: Setting & { after?: string } = {}): Screen {
  return openShell((out) => `'${process.execPath}' '${program}' ${scene} '${out}' ${set.after ?? ""}`, set);
}

/** Runs a command on a real terminal; `out` is a file that it may write to. */
export function openShell(command: (out: string) => string, set: Setting = {}): Screen {
  const folder = mkdtempSync(join(tmpdir(), "llmops-tmux-"));
  const [out, code, socket] = [join(folder, "told"), join(folder, "code"), `llmops-${process.pid}-${++screens}`];
  const tmux = (...args: string[]) => execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8" });
  const env = Object.entries({ LC_ALL: "C.UTF-8", ...set.env }).map(([name, value]) => `${name}='${value}'`);
  const run = `env -u NO_COLOR -u FORCE_COLOR ${env.join(" ")} ${command(out)}`;
  // The shell outlives a Ctrl-C that is meant for the program.
  const shell = `trap : INT; ${set.before ?? ":"}; ${run}; echo $? > '${code}'; exec cat`;
  const size = ["-x", String(set.columns ?? 80), "-y", String(set.rows ?? 24)];
  tmux("-f", "/dev/null", "-u", "new-session", "-d", ...size, `sh -c "${shell.replaceAll(/(["$\\])/g, "\\$1")}"`);

  const screen: Screen = {
    text: () => tmux("capture-pane", "-p").trimEnd(),
    painted: () => tmux("capture-pane", "-p", "-e").trimEnd(),
    keys: (...names) => void tmux("send-keys", ...names),
    paste(text, marked) {
      tmux("set-buffer", text);
      tmux("paste-buffer", "-r", ...(marked ? ["-p"] : []));
    },
    resize: (columns) => void tmux("resize-window", "-x", String(columns)),
    cursor: () => tmux("display-message", "-p", "#{cursor_flag}").trim() === "1",
    async shows(wanted, seconds) {
      const found = () => (typeof wanted === "string" ? screen.text().includes(wanted) : wanted.test(screen.text()));
      await until(found, () => `the screen never showed ${String(wanted)}:\n${screen.text()}`, seconds);
    },
    async ended() {
      await until(
        () => read(code).endsWith("\n"),
        () => `it did not end:\n${screen.text()}`,
      );
      return { told: JSON.parse(read(out) || "{}") as Record<string, unknown>, code: Number(read(code)) };
    },
    async hangUp() {
      tmux("respawn-pane", "-k", "exec cat");
      await until(
        () => read(out).endsWith("}"),
        () => "it did not end",
      );
      return JSON.parse(read(out)) as Record<string, unknown>;
    },
    close() {
      spawnSync("tmux", ["-L", socket, "kill-server"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return screen;
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function until(condition: () => boolean, complaint: () => string, seconds = 10): Promise<void> {
  for (let tries = 0; tries < seconds * 40; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(complaint());
}
