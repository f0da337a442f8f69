import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, openPlace, projectOn, type Place } from "../torture/place.ts";
import { openShell, type Screen } from "../world/tmux.ts";

/** A runbook that asks in every way there is, and needs no measurements. */
export const runbook = `
id: night
title: A night
class: cost
severity: SEV2
summary: Asks everything.
scope: [route]
owner: tests
reviewed: 2026-11-21
evidence:
  burn: cost_per_hour
steps:
  - { id: cause, title: What changed?, ask: { question: What drives the cost?, choices: { loop: Calls repeat themselves, inflation: More tokens per call } } }
  - { id: where, title: Which route?, ask: { pick: burn, question: "Which route?" } }
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, on: route, for: 30m } }
  - { id: jobs, title: End the jobs, run: end-jobs }
  - { id: look, title: Look at the answers, instruct: Read three answers. }
  - { id: calm, title: Is it over?, wait: { until: { burn: healthy }, within: 30m } }
  - { id: home, title: Back to normal, undo: [clamp] }
`;

/** `job`: what the action of the project runs. */
export function openNight(url: string, job: readonly string[] = ["true"]): Place {
  const place = openPlace(
    projectOn(url, `runbooks: runbooks\nactions: { end-jobs: { command: ${JSON.stringify(job)} } }\n`),
  );
  mkdirSync(join(place.folder, "runbooks"));
  writeFileSync(join(place.folder, "runbooks", "night.yaml"), runbook);
  return place;
}

/** The process of the program in a place. */
export function pidIn({ folder }: Place): number {
  const found = readdirSync("/proc").filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(bin);
    } catch {
      return false;
    }
  });
  const node = found.filter((pid) => readlinkSync(`/proc/${pid}/exe`) === process.execPath);
  if (node.length !== 1) throw new Error(`${node.length} programs run in ${folder}`);
  return Number(node[0]);
}

/** The program on a real terminal, in a place of its own; what the terminal is set to before and after is kept in files. */
export function onTerminal(place: Place, argv: string, set: Parameters<typeof openShell>[1] = {}): Screen {
  const env = { HOME: place.folder, TZ: "UTC", ...set.env };
  const before = `${set.before ?? ":"}; cd '${place.folder}' && stty -a > stty.before`;
  return openShell(
    () => `sh -c "trap : INT; '${process.execPath}' '${bin}' ${argv}; code=\\$?; stty -a > stty.after; exit \\$code"`,
    {
      ...set,
      env,
      before,
    },
  );
}
