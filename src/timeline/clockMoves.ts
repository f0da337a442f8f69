import { sayDuration } from "../duration.ts";
import type { Event, UnknownEvent } from "./event.ts";
import { isKnown } from "./fold.ts";

/** The clock went back between two records that follow each other. */
export interface ClockMove {
  before: number;
  after: number;
  /** how far, ms */
  ms: number;
  /** "" when both were written on one machine */
  hosts: string;
}

/** Clocks of two machines are never quite the same. */
const noticeMs = 1000;

/** Durations across such a place mean nothing: order is the number of a record, never its time. */
export function clockMoves(events: readonly (Event | UnknownEvent)[]): ClockMove[] {
  const moves: ClockMove[] = [];
  let last: Event | undefined;
  for (const event of events) {
    if (!isKnown(event)) continue;
    if (last !== undefined && last.at - event.at >= noticeMs) {
      const hosts = event.host === last.host ? "" : `${last.host}, ${event.host}`;
      moves.push({ before: last.seq, after: event.seq, ms: last.at - event.at, hosts });
    }
    last = event;
  }
  return moves;
}

/** "The clock moved back 2h 00m between #5 and #6: …" */
export function sayClockMove({ before, after, ms, hosts }: ClockMove): string {
  const machines = hosts === "" ? "" : ` (two machines: ${hosts})`;
  return `The clock moved back ${sayDuration(ms)} between #${before} and #${after}${machines}: durations across that place are not to be trusted.`;
}
