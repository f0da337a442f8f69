import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTerminal, openNight, pidIn } from "../process/night.ts";
import { openConfigApi } from "./configApi.ts";
import { bin, type Place } from "./place.ts";
import { mixed, seeded, type Report, type Setting, type Torture, type Violation } from "./torture.ts";

/** What ends a prompt: a key, or a signal from elsewhere; with the code that it gives. */
const ends = { "C-c": 130, "C-d": 130, SIGINT: 130, SIGTERM: 143, SIGQUIT: 143, SIGHUP: 129 } as const;
type End = keyof typeof ends;

/** One night to its end: what stands on the screen, and the keys that go on from there. */
const night: [shows: RegExp, ...keys: string[]][] = [
  [/\? more$/, "n"],
  [/note:$/, "paged twice", "Enter"],
  [/\? more$/, "k"],
  [/route\?\n(.*\n)+.*\? more$/, "1"],
  [/to apply, Enter to leave it:$/, "y", "Enter"],
  [/\? more$/, "u"],
  [/Undo which change\?\n(.*\n)+.*\? more$/, "1"],
  [/to apply, Enter to leave it:$/, "y", "Enter"],
  [/What drives the cost\?\n(.*\n)+.*\? more$/, "2"],
  [/route\?\n(.*\n)+.*\? more$/, "1"],
  [/to apply, Enter to leave it:$/, "y", "Enter"],
  [/Run it\?\n(.*\n)+.*\? more$|Settling/, "1"],
];

const documents = { "/routes/support.reply": '{"max_tokens":4096,"enabled":true}', "/routes": '["support.reply"]' };

/**
 * Leaves a night at every prompt in every way, on a real terminal: the code, the terminal as it was, the note on the
 * timeline, and production as the last lines on the screen say. Then every view on widths from 0 to 300.
 */
export const terminal: Torture = {
  name: "terminal",
  needs: ["tmux"],
  async run({ seed, extent, point, progress }: Setting): Promise<Report> {
    const random = seeded(seed);
    const all = night.flatMap((_, at) => (Object.keys(ends) as End[]).map((end) => [at, end] as const));
    const chosen = point !== undefined ? all : mixed(all, random, { some: 1, round: 24, all: all.length }[extent]);
    const violations: Violation[] = [];
    let points = 0;
    for (const [at, end] of chosen) {
      const name = `${at}:${end}`;
      if (point !== undefined && point !== name) continue;
      points++;
      progress?.(`prompt ${at}, ${end}`);
      for (const what of await leave(at, end)) violations.push({ what, point: name });
    }
    for (const columns of extent === "some" ? [1] : [0, 1, 2, 10, 20, 21, 40, 80, 300]) {
      const name = `width:${columns}`;
      if (point !== undefined && point !== name) continue;
      points++;
      progress?.(name);
      for (const what of await look(columns)) violations.push({ what, point: name });
    }
    return { points, violations };
  },
};

async function leave(at: number, end: End): Promise<string[]> {
  const api = await openConfigApi({ documents });
  const place = openNight(api.url);
  const screen = onTerminal(place, "incident start night", { rows: 100 });
  try {
    for (const [shows, ...keys] of night.slice(0, at)) {
      await screen.shows(shows);
      await rest();
      screen.keys(...keys);
    }
    await screen.shows(night[at]![0]);
    await rest();
    if (end.startsWith("SIG")) process.kill(pidIn(place), end);
    else screen.keys(end);
    const { code } = await screen.ended();
    return judge(code, end, place, screen.text(), screen.cursor(), api.documents.get("/routes/support.reply")!);
  } catch (thrown) {
    return [`I6: ${String(thrown)}`];
  } finally {
    screen.close();
    await api.close();
    place.remove();
  }
}

function judge(code: number, end: End, place: Place, text: string, cursor: boolean, live: string): string[] {
  const [before, after] = ["stty.before", "stty.after"].map((name) => readFileSync(join(place.folder, name), "utf8"));
  const last = JSON.parse(place.timeline().trim().split("\n").at(-1)!) as { type: string };
  const carried = /In production because of/.test(text);
  return [
    ...(code === ends[end] ? [] : [`I7: it ended with ${code} instead of ${ends[end]}`]),
    ...(before === after ? [] : [`the terminal is left in another state`]),
    ...(cursor ? [] : [`the cursor is left hidden`]),
    ...(last.type === "noted" ? [] : [`the timeline does not say that somebody left, but ends with ${last.type}`]),
    ...(carried === (live !== documents["/routes/support.reply"])
      ? []
      : [`I1: live is ${live}, and the screen says:\n${text}`]),
  ];
}

/** Every view that only reads, on a terminal of that width: no crash, no hang. */
async function look(columns: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-width-"));
  const views = [
    "",
    "incident list",
    "mitigation list",
    "runbook list",
    "runbook lint",
    "--help",
    "incident start --help",
  ];
  const lines = views.map((argv) => `'${process.execPath}' '${bin}' ${argv} || echo "${argv}: $?" >> failed`);
  writeFileSync(join(folder, "views.sh"), `stty cols ${columns}\n${lines.join("\n")}\necho over > over\n`);
  const running = spawn("script", ["-qc", "sh views.sh", "/dev/null"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const timer = setTimeout(() => running.kill("SIGKILL"), 60_000);
  await once(running, "close");
  clearTimeout(timer);
  const failed = existsSync(join(folder, "failed")) ? readFileSync(join(folder, "failed"), "utf8") : "";
  const over = existsSync(join(folder, "over"));
  rmSync(folder, { recursive: true });
  return [...(over ? [] : ["I6: a view never ended"]), ...(failed === "" ? [] : [`I7: ${failed}`])];
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}
