import type { Measurement } from "../timeline/measurement.ts";
import { isByChance } from "./chance.ts";
import { suspects } from "./index.ts";
import { questions, type Need, type QuestionId, type Readings, type Sign, type Suspect } from "./suspect.ts";

/** A suspect that the readings speak for. */
export interface Named {
  suspect: Suspect;
  /** sum of the weights of its signs */
  score: number;
  /** what speaks for it, strongest first */
  signs: Sign[];
  /** labels of what is outside normal with it and needs no other explanation */
  withIt: string[];
}

/** yes: suspects of it are named; no: all that could speak for one was read, and is as usual; unknown: some of it could not be read. */
export interface Answered {
  question: QuestionId;
  answer: "yes" | "no" | "unknown";
  /** signals that could not be read: nothing here computes them, or they failed */
  unread: string[];
}

export interface Triage {
  /** most likely first; several where one does not explain all that is outside normal */
  named: Named[];
  answers: Answered[];
  /** outside normal, and explained by none of the named */
  unexplained: Measurement[];
  /** as usual now, but not so earlier in this hour */
  recovered: Measurement[];
}

/** So much must speak for a suspect. */
const enough = 3;

/** All that has to be read. */
export function needsOf(all: readonly Suspect[] = suspects): Need[] {
  const needs = all.flatMap(({ leads, hints }) => [
    ...leads.map((signal): Need => ({ signal })),
    ...hints.flatMap((hint) => hint.needs),
  ]);
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
}

/** Which explanations the readings speak for. Pure: the same readings give the same answer. */
export function classify(read: Readings, all: readonly Suspect[] = suspects): Triage {
  const signals = [...new Set(needsOf(all).map(({ signal }) => signal))];
  const measured = signals.flatMap((signal) => read.of(signal) ?? []);
  const outside = measured.filter(({ verdict }) => verdict === "unhealthy");
  const named = nameSuspects(read, all, outside);
  // by itself only what leads to a suspect is news: the middle of a latency jumps where half of the answers are cached
  const leads = new Set(all.flatMap((suspect) => suspect.leads));
  const moved = new Set(named.flatMap(({ suspect }) => [...suspect.leads, ...suspect.moves]));
  return {
    named,
    answers: (Object.keys(questions) as QuestionId[]).map((question) => answer(question, named, read, all)),
    unexplained: outside.filter(({ signal }) => leads.has(signal!) && !moved.has(signal!)),
    recovered: measured.filter((m) => leads.has(m.signal!) && wasOutside(m, read.of("request_rate"))),
  };
}

function nameSuspects(read: Readings, all: readonly Suspect[], outside: readonly Measurement[]): Named[] {
  const weighed = all
    .filter(({ leads }) => outside.some(({ signal }) => leads.includes(signal!)))
    .map((suspect) => ({ suspect, ...weigh(suspect, read) }))
    .filter(({ score }) => score >= enough)
    .toSorted((a, b) => b.score - a.score);
  const named: Named[] = [];
  const explained = new Set<string>();
  for (const { suspect, score, signs } of weighed) {
    const isNews = outside.some(({ signal }) => suspect.leads.includes(signal!) && !explained.has(signal!));
    if (!isNews) continue;
    const withIt = outside.filter(({ signal }) => suspect.moves.includes(signal!) && !suspect.leads.includes(signal!));
    named.push({ suspect, score, signs, withIt: withIt.map(({ label }) => label) });
    for (const signal of [...suspect.leads, ...suspect.moves]) explained.add(signal);
  }
  return named;
}

function weigh({ hints }: Suspect, read: Readings): { score: number; signs: Sign[] } {
  const signs = hints.flatMap((hint) => hint.look(read) ?? []);
  const score = signs.reduce((sum, { weight }) => sum + weight, 0);
  return { score, signs: signs.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight) };
}

function answer(question: QuestionId, named: readonly Named[], read: Readings, all: readonly Suspect[]): Answered {
  const leads = [...new Set(all.filter((s) => s.question === question).flatMap((s) => s.leads))];
  const unread = leads.filter((signal) => {
    const verdict = read.of(signal)?.verdict;
    return verdict !== "healthy" && verdict !== "unhealthy";
  });
  if (named.some(({ suspect }) => suspect.question === question)) return { question, answer: "yes", unread };
  return { question, answer: unread.length === leads.length ? "unknown" : "no", unread };
}

/** Two tenths of this hour or more lay outside what is usual, and not by chance. */
function wasOutside(m: Measurement, rate: Measurement | undefined): boolean {
  const { verdict, usual, trend } = m;
  if (verdict !== "healthy" || usual === undefined) return false;
  const outside = (trend ?? []).slice(0, -1).filter((value, i) => {
    if (value === null || (value <= usual.high && value >= usual.low)) return false;
    const perSecond = rate?.trend?.[i];
    return perSecond === undefined || perSecond === null || !isByChance(m, value, perSecond * tenthSeconds);
  });
  return outside.length >= 2;
}

const tenthSeconds = 360;
