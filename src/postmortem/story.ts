import { describe } from "../timeline/describe.ts";
import { saySampled } from "../timeline/saySampled.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Event, UnknownEvent } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayMoment } from "../timeline/moment.ts";
import { sayCall } from "../timeline/sample.ts";
import { cite, eventsOf } from "./record.ts";

export interface StoryRow {
  seq: string;
  at: string;
  by: string;
  what: string;
}

/** Nobody reads a table of more rows, and few programs show it. */
const most = 1000;

/** A list without what is too much in its middle, and how many that is; null for none. */
export function ends<T>(list: readonly T[]): { kept: T[]; cut: number | null } {
  if (list.length <= most) return { kept: [...list], cut: null };
  return { kept: [...list.slice(0, most / 2), ...list.slice(-most / 2)], cut: list.length - most };
}

/**
 * The facts in order, without those that only set the stage or repeat a reading (`leftOut`) and, where there are very many,
 * without those in the middle (`cut`).
 */
export function storyOf(incident: Incident): { rows: StoryRow[]; leftOut: number; cut: number | null } {
  const outcomes = new Map<string, string>();
  const told = incident.events.filter((event) => isTold(event, outcomes));
  const { kept, cut } = ends(told);
  const rows = kept.map((event) => ({
    seq: `#${event.seq}`,
    at: sayMoment(event.at, incident.openedAt),
    by: event.by,
    what: describe(event),
  }));
  return { rows, leftOut: incident.events.length - told.length, cut };
}

/** `outcomes`: the latest outcome of each reading so far. */
function isTold(event: Event | UnknownEvent, outcomes: Map<string, string>): boolean {
  if (!isKnown(event) || (event.payload as unknown) === null) return true;
  switch (event.type) {
    case "pinned":
    case "asked":
    case "step-started":
      return false;
    case "check":
      return !event.payload.reach.ok;
    case "measured": {
      const { measurement } = event.payload;
      const key = event.step ?? measurement.id;
      const repeats = outcomes.get(key) === measurement.outcome;
      outcomes.set(key, measurement.outcome);
      return !repeats;
    }
    default:
      return true;
  }
}

export interface Answered {
  question: string;
  answer: string;
  proposed: string;
  who: string;
}

/** What people decided, and what the evidence had proposed; a later answer to the same question stands below. */
export function triageOf(incident: Incident): Answered[] {
  const asked = eventsOf(incident, "asked");
  return eventsOf(incident, "answered").map(({ payload: { choice, label, proposed }, step, seq, at, by }) => {
    const before = asked.findLast((event) => event.step === step && event.seq < seq);
    const question = before?.payload;
    const name = question?.choices.find(({ value }) => value === proposed)?.label ?? proposed;
    const why = question?.why === undefined ? "" : ` (${question.why}; #${before!.seq})`;
    return {
      question: question?.question ?? step ?? "",
      answer: label,
      proposed: name === undefined ? "nothing" : proposed === choice ? `the same${why}` : `${name}${why}; overridden`,
      who: `${by}, ${cite(incident, at, seq)}`,
    };
  });
}

/** Who was told, called, made responsible. */
export function communicationOf(incident: Incident): { at: string; what: string }[] {
  const types = ["sent", "escalated", "handed-off", "role"];
  return incident.events
    .filter(({ type }) => types.includes(type))
    .map((event) => ({ at: cite(incident, event.at, event.seq), what: describe(event) }));
}

export function samplesOf(incident: Incident): { what: string; when: string; rows: string[] }[] {
  return eventsOf(incident, "sampled").map(({ payload, seq }) => ({
    what: `${saySampled(payload)} (#${seq})`,
    when: `between ${sayMoment(payload.from, incident.openedAt)} and ${sayMoment(payload.to, incident.openedAt)}`,
    // what people said of them first
    rows: payload.calls
      .toSorted((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark))
      .slice(0, 10)
      .map((call) => sayCall(call, payload.to, "whole").join(", ")),
  }));
}

const order = ["bad", "good", "unrated"];
