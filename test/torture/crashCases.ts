import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { undosFor, type Told } from "./told.ts";
import type { Place } from "./place.ts";

/** A command that is killed at each of its calls, and what people do after it. */
export interface Case {
  name: string;
  /** makes the place as the command finds it */
  prepare(place: Place): Promise<void>;
  argv(incident: string): readonly string[];
  /** it belongs to the part that every test run takes */
  brief?: true;
  /** it waits for verdicts */
  walks?: true;
  /** files it writes beside the state folder */
  outputs?: readonly string[];
  /** the natural next commands, one of which is drawn; each must do its work */
  next(told: Told, incident: string): readonly (readonly string[])[];
}

const runbook = `
id: spill
title: Tokens spill
class: cost
severity: SEV2
summary: Replies are far longer than they should be.
steps:
  - id: cause
    title: What is it?
    ask: { question: What is it?, choices: { long: Replies are too long, other: Something else } }
  - { id: clamp, title: Clamp them, when: { cause: long }, mitigate: { do: token-clamp, for: 30m } }
  - { id: tell, title: Tell the owner, instruct: Tell the owner of the route. }
`;
const answers = { all: "cause: long\nclamp: apply\ntell: done\n", few: "tell: done\n" };

const route = ["--scope", "route=support.reply"];
const start = ["incident", "start", "spill", ...route, "--answers", "answers/all.yaml"];
const resume = (incident: string) => ["incident", "resume", incident, "--answers", "answers/all.yaml"];
const clamp = ["mitigate", "token-clamp", ...route, "--reason", "too long", "--yes", "--wait", "none"];
const switched = ["mitigate", "model-switch", ...route, "--reason", "too dear", "--yes", "--wait", "none"];
const undo = (incident: string) => ["mitigation", "undo", "m1", "--incident", incident, "--reason", "over", "--yes"];
const watch = ["watch", "--once"];
const note = (incident: string) => ["incident", "note", "it was the new prompt", incident];
/** The note behind the walk: its nineteenth record. */
const erase = (incident: string) => ["incident", "erase", incident, "--seq", "19", "--yes"];
const resolve = (incident: string) => ["incident", "resolve", incident];
const close = (incident: string) => ["incident", "close", incident];
const postmortem = (incident: string) => ["postmortem", incident, "-o", "report.md"];

/** Where nothing is known of the incident yet. */
const blank = async ({ folder }: Place) => {
  for (const name of ["runbooks", "answers"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "runbooks", "spill.yaml"), runbook);
  for (const [name, text] of Object.entries(answers)) writeFileSync(join(folder, "answers", `${name}.yaml`), text);
};

function after(...commands: (readonly string[] | ((incident: string) => readonly string[]))[]): Case["prepare"] {
  return async (place) => {
    await blank(place);
    for (const command of commands) {
      const argv = typeof command === "function" ? command(place.incidents()[0]!) : command;
      const { code, stderr } = await place.llmops(argv);
      if (code !== 0) throw new Error(`llmops ${argv.join(" ")}: exit ${code}: ${stderr}`);
    }
  };
}

/** The end of a write that was cut off stands on the timeline. */
const torn: Case["prepare"] = async (place) => {
  await after(start)(place);
  appendFileSync(join(place.timelines, place.incidents()[0]!, "timeline.jsonl"), '{"v":1,"incident":"INC-');
};

export const cases: readonly Case[] = [
  {
    name: "start",
    brief: true,
    prepare: blank,
    argv: () => start,
    walks: true,
    next: ({ incidents: [begun] }) => (begun === undefined ? [start] : [resume(begun.incident)]),
  },
  {
    name: "resume",
    prepare: async (place) => {
      await blank(place);
      const { code, stderr } = await place.llmops(start.with(-1, "answers/few.yaml"));
      if (code !== 4) throw new Error(`an unanswered question: exit ${code}: ${stderr}`);
    },
    argv: resume,
    walks: true,
    next: (told, incident) => [resume(incident), ...undosFor(told)],
  },
  { name: "note", brief: true, prepare: after(start), argv: note, next: (_, incident) => [note(incident)] },
  { name: "torn", prepare: torn, argv: note, next: (_, incident) => [note(incident)] },
  {
    name: "mitigate",
    brief: true,
    prepare: blank,
    argv: () => clamp,
    next: (told) => [clamp, watch, ...undosFor(told)],
  },
  { name: "join", prepare: after(start), argv: () => switched, next: (told) => [switched, watch, ...undosFor(told)] },
  {
    name: "undo",
    brief: true,
    prepare: after(clamp),
    argv: (incident) => undo(incident),
    next: (told) => [watch, ...undosFor(told)],
  },
  {
    name: "watch",
    prepare: async (place) => {
      await after([...clamp, "--for", "1s"])(place);
      await new Promise((resolve) => setTimeout(resolve, 1100));
    },
    argv: () => watch,
    next: (told) => [watch, ...undosFor(told)],
  },
  { name: "resolve", prepare: after(start), argv: resolve, next: (_, incident) => [resolve(incident)] },
  {
    name: "close",
    brief: true,
    prepare: after(start, undo, resolve),
    argv: close,
    next: ({ incidents: [told] }, incident) => [told?.state === "closed" ? postmortem(incident) : close(incident)],
    outputs: ["report.md"],
  },
  {
    name: "erase",
    prepare: after(start, note),
    argv: erase,
    next: (_, incident) => [erase(incident), note(incident)],
  },
  {
    name: "postmortem",
    prepare: after(start),
    argv: postmortem,
    outputs: ["report.md"],
    next: (_, incident) => [postmortem(incident)],
  },
  {
    name: "again",
    brief: true,
    prepare: after(start, postmortem, note),
    argv: postmortem,
    outputs: ["report.md"],
    next: (_, incident) => [postmortem(incident)],
  },
];
