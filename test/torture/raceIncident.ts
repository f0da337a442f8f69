import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../../src/timeline/chain.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { runTogether } from "./barrier.ts";
import { openConfigApi } from "./configApi.ts";
import { openPlace, projectOn, type Ended, type Place } from "./place.ts";
import type { Size } from "./races.ts";
import { factsOf, recordsOf } from "./record.ts";

export const route = "/routes/support.reply";

/** A runbook whose walk stops at its first question, and then runs a program once. */
const runbook = `
id: race
title: Race
class: cost
severity: SEV3
summary: Something to walk.
steps:
  - { id: look, title: Look, ask: { question: Ready?, choices: { "yes": It is, "no": It is not } } }
  - { id: go, title: Go, run: { command: [sh, -c, "echo walked >> walked.txt; sleep 0.3"] } }
`;

/** A place with an incident that was opened and not walked. */
export async function openRaceTrack(url: string): Promise<{ place: Place; incident: string }> {
  const place = openPlace(projectOn(url, "runbooks: runbooks\n"));
  mkdirSync(join(place.folder, "runbooks"));
  writeFileSync(join(place.folder, "runbooks", "race.yaml"), runbook);
  writeFileSync(join(place.folder, "none.yaml"), "{}\n");
  writeFileSync(join(place.folder, "all.yaml"), "{ look: 'yes', go: run }\n");
  const { code, stderr } = await place.llmops(["incident", "start", "race", "--answers", "none.yaml"]);
  const [incident] = place.incidents();
  if (incident === undefined) throw new Error(`no incident was opened: ${code} ${stderr}`);
  return { place, incident };
}

/** One thing that somebody says or does about the incident. */
interface Doing {
  argv: string[];
  /** what must be on the timeline when it ended with 0 */
  shows?: (incident: Incident) => boolean;
}

/** Many people say and do things about one incident at once: what was told as recorded is there, once and whole. */
export async function raceOnIncident(random: () => number, { most }: Size): Promise<string[]> {
  const documents = { [route]: '{"enabled": true, "model": "large", "max_tokens": 4096}' };
  const api = await openConfigApi({ documents, script: () => ({ delayAfter: Math.floor(random() * 40) }) });
  const { place, incident } = await openRaceTrack(api.url);
  try {
    const doings = Array.from({ length: Math.max(2, Math.ceil(random() * most)) }, (_, n) => doingOf(n, random));
    const closes = random() < 0.3;
    if (closes) {
      await place.llmops(["incident", "resolve", incident]);
      doings.push({ argv: ["incident", "close"] }, { argv: ["incident", "close"] });
    }
    const ended = await runTogether(
      place,
      doings.map(({ argv }) => [...argv, ...(argv[0] === "mitigate" ? ["--incident", incident] : [incident])]),
    );
    const { incidents, wrong } = recordsOf(place);
    const one = incidents.find(({ id }) => id === incident)!;
    return [...wrong, ...ended.flatMap((end, i) => wrongWith(end, doings[i]!, one)), ...wrongFacts(one)];
  } finally {
    place.remove();
    await api.close();
  }
}

function doingOf(n: number, random: () => number): Doing {
  const kind = Math.floor(random() * 8);
  if (kind === 0) return { argv: ["incident", "ack"], shows: (one) => one.acknowledgedAt !== undefined };
  if (kind === 1) {
    const to = `SEV${1 + Math.floor(random() * 4)}`;
    const shows = (one: Incident) =>
      one.severity === to || factsOf([one], "severity").some(({ payload }) => payload.to === to);
    return { argv: ["incident", "severity", to, "--reason", `because ${n}`], shows };
  }
  if (kind === 2 || kind === 3) {
    const cap = 100 + n;
    const rest = ["--scope", "route=support.reply", "--reason", "race", "--yes", "--wait", "none"];
    const shows = (one: Incident) =>
      one.changes.some(({ change, state }) => "is" in change.after && change.after.is === cap && state !== "in-doubt");
    return { argv: ["mitigate", "token-clamp", "--with", `max_tokens=${cap}`, ...rest], shows };
  }
  const text = `note ${n} ${"x".repeat(Math.floor(random() * 3000))}`;
  const shows = (one: Incident) => one.notes.filter((note) => note.text === text).length === 1;
  return { argv: ["incident", "note", text], shows };
}

function wrongWith({ code, stderr, stdout }: Ended, { argv, shows }: Doing, one: Incident): string[] {
  const said = `${argv.slice(0, 2).join(" ")} ended with ${code}`;
  // somebody was first: with a smaller clamp, which is never raised, or with the same
  const so = /Already so|that is so already|a cap is never raised/.test(stderr.replaceAll(/\s+/g, " "));
  if (code === 0 || (code === 3 && so))
    return so || shows === undefined || shows(one) ? [] : [`I7: ${said}, not on the timeline: ${stderr}`];
  // refused: changes are live · conflict: somebody was first · usage: it is closed already
  if (![2, 4, 5].includes(code ?? -1)) return [`I7: ${said}: ${stderr}${stdout}`];
  return stderr.includes("production changed:") ? [] : [`I8: ${said} and does not say whether production changed`];
}

/** What a fact says about the record before it must be so where it stands. */
function wrongFacts({ events }: Incident): string[] {
  return events.flatMap((event, i) => {
    const before = foldIncident(events.slice(0, i));
    if (event.type === "closed") {
      const { head } = event.payload as { head: string };
      const twice = before.state === "closed" ? [`I1: #${event.seq} closes what is closed`] : [];
      return head === hashOf(events[i - 1]!) ? twice : [...twice, `I1: #${event.seq} names a head that is not the one`];
    }
    if (event.type === "severity" && (event.payload as { from: unknown }).from !== before.severity)
      return [`I1: #${event.seq} says another severity was before`];
    return [];
  });
}
