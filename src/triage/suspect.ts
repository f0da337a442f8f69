import { sayFigure } from "../timeline/figure.ts";
import type { Blast } from "../timeline/blast.ts";
import type { IncidentClass } from "../timeline/event.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Dimension } from "../timeline/scope.ts";

/** What was read for a triage: a signal as a whole, or split by a dimension. Undefined: it was not asked for. */
export interface Readings {
  of(signal: string): Measurement | undefined;
  by(signal: string, dimension: Dimension): Measurement | undefined;
  /** who makes the change */
  blast(signal: string, dimension: Dimension): Blast | undefined;
  /** what providers say of themselves; those that could not be read are left out */
  pages: readonly { name: string; trouble: boolean; says: string }[];
}

/** The questions of the first ten minutes, in the order in which they are asked. */
export const questions = {
  provider: "Is it the provider?",
  model: "Is it the prompt or the model?",
  infrastructure: "Is it infrastructure or retrieval?",
  use: "Is it how much, or by whom, it is used?",
} as const;
export type QuestionId = keyof typeof questions;

/** What has to be read for a hint. */
export interface Need {
  signal: string;
  by?: Dimension;
  /** how its change divides, instead of what it is */
  change?: true;
}

/** Something that was seen, and how much it speaks for a suspect; below zero: against it. 3 is enough by itself. */
export interface Sign {
  weight: number;
  says: string;
}

/** Looks at one thing; undefined: there is nothing to be seen. */
export interface Hint {
  needs: readonly Need[];
  look(read: Readings): Sign | undefined;
}

/** One explanation of what goes wrong. */
export interface Suspect {
  id: string;
  /** in the on-call's words: "The provider limits us (429)" */
  says: string;
  question: QuestionId;
  class: IncidentClass;
  /** id of the shipped runbook that is for it */
  runbook: string;
  /** signals that are outside normal when it is so; without one of them it is no suspect */
  leads: readonly string[];
  /** signals that it moves besides: they need no other explanation */
  moves: readonly string[];
  hints: readonly Hint[];
}

/** A signal that is unhealthy. */
export function out(signal: string, weight: number): Hint {
  return {
    needs: [{ signal }],
    look(read) {
      const m = read.of(signal);
      return m?.verdict === "unhealthy" ? { weight, says: sayMoved(m) } : undefined;
    },
  };
}

/** A signal that is as usual although another explanation would move it. */
export function calm(signal: string, weight: number): Hint {
  return {
    needs: [{ signal }],
    look(read) {
      const m = read.of(signal);
      return m?.verdict === "healthy" ? { weight, says: `${m.label} as usual` } : undefined;
    },
  };
}

/** Most of the errors are of that kind. Both are shares of the same calls. */
export function dominates(part: string, weight: number): Hint {
  return {
    needs: [{ signal: part }, { signal: "error_rate" }],
    look(read) {
      const [a, b] = [read.of(part), read.of("error_rate")];
      if (a?.value === undefined || b?.value === undefined || a.verdict !== "unhealthy" || !(b.value > 0))
        return undefined;
      const share = Math.min(1, a.value / b.value);
      return share >= 0.5 ? { weight, says: `${a.label}: ${sayFigure(share, "ratio")} of the errors` } : undefined;
    },
  };
}

/** One value of a dimension holds more than half, or is alone unhealthy; only where the signal itself is outside normal. */
export function concentrated(signal: string, dimension: Dimension, weight: number): Hint {
  return {
    needs: [{ signal }, { signal, by: dimension }],
    look(read) {
      const split = read.by(signal, dimension);
      const [first] = split?.parts ?? [];
      if (read.of(signal)?.verdict !== "unhealthy" || split?.outcome !== "concentrated" || first === undefined)
        return undefined;
      // where there is only one, it holds everything without being the cause
      if ((split.partCount ?? 0) < 2) return undefined;
      const says =
        first.share === undefined
          ? `only ${dimension} ${first.name}: ${sayFigure(first.value, split.unit)}`
          : `${dimension} ${first.name} has ${sayFigure(first.share, "ratio")} of the ${split.label}`;
      return { weight, says };
    },
  };
}

/** One value of a dimension makes most of the change, and did not make most of the whole before. */
export function drives(signal: string, dimension: Dimension, weight: number): Hint {
  return {
    needs: [{ signal }, { signal, by: dimension, change: true }],
    look(read) {
      const blast = read.blast(signal, dimension);
      const [first] = blast?.shares ?? [];
      if (read.of(signal)?.verdict !== "unhealthy" || blast === undefined || first === undefined) return undefined;
      if (first.share < 0.6 || blast.count < 2 || first.before > 0.5 * first.now) return undefined;
      const share = sayFigure(first.share, "ratio");
      return { weight, says: `${dimension} ${first.name} makes ${share} of the change in ${blast.label}` };
    },
  };
}

/** A provider says itself that something is wrong. That it says nothing is no sign of anything. */
export function pageTells(weight: number): Hint {
  return {
    needs: [],
    look({ pages }) {
      const page = pages.find(({ trouble }) => trouble);
      return page === undefined ? undefined : { weight, says: `the status page of ${page.name}: ${page.says}` };
    },
  };
}

/** "provider errors 0.4% → 31%"; without anything usual, the figure and what is asked of it. */
function sayMoved({ label, value, usual, unit, healthy, why }: Measurement): string {
  if (value === undefined) return `${label}: ${why}`;
  const now = sayFigure(value, unit);
  return usual === undefined
    ? `${label} ${now}, wanted ${healthy}`
    : `${label} ${sayFigure(usual.median, unit)} → ${now}`;
}
