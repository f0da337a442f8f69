import type { Patterns } from "../patterns/patterns.ts";
import type { Consumer } from "../sources/source.ts";
import { isWhole, sayBlasts, type Blast } from "../timeline/blast.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayFigure } from "../timeline/figure.ts";
import { sayMinute } from "../timeline/moment.ts";
import { dimensions, sayScope, type Scope } from "../timeline/scope.ts";
import type { Answered, Named, Triage } from "../triage/classify.ts";
import type { Proposed } from "../triage/severity.ts";
import { questions, type Readings } from "../triage/suspect.ts";
import { showEvidence } from "./evidence.ts";
import { shellWord } from "./shellWord.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { apart, wrap } from "./wrap.ts";

interface Told extends Triage {
  scope: Scope;
  /** ms since 1970 */
  at: number;
  read: Readings & {
    all: readonly Measurement[];
    changed: Measurement | undefined;
    unreadPages: readonly { name: string; error: string }[];
  };
  severities: readonly Proposed[];
  blasts: readonly (readonly Blast[])[];
  errors?: Patterns;
  consumers?: readonly Consumer[];
}

/** What is outside normal, what it speaks for, and the next command. */
export function showTriage(told: Told, paint: Paint): string[] {
  const { named, unexplained, recovered, answers } = told;
  const sections = [
    showHead(told, paint),
    ...named.map((one, i) => showNamed(one, i, told, paint)),
    ...(named.length === 0 && unexplained.length === 0 ? [wrap("", [sayCalm(told)], paint)] : []),
    showErrors(told, paint),
    showConsumers(told, paint),
    showOutside(told, paint),
    ...(recovered.length === 0
      ? []
      : [wrap("", [`Outside normal earlier in this hour, as usual now: ${labels(recovered)}.`], paint)]),
    [...answers.flatMap((answer) => showAnswer(answer, paint)), ...showPages(told.read, paint)],
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

function showHead({ read, scope, at }: Told, paint: Paint): string[] {
  const whole = read.all.filter(({ by }) => by === undefined);
  const failed = whole.filter(({ verdict }) => verdict === "error");
  const heard = whole.filter(({ verdict }) => verdict === "healthy" || verdict === "unhealthy");
  const windowMs = heard[0]?.windowMs ?? 300_000;
  const left = whole.length - heard.length - failed.length;
  const text = `${sayMinute(at - windowMs)}-${sayMinute(at)}, ${sayScope(scope)}: ${count(heard.length, "signal")} read${left > 0 ? `, ${left} without data or not measured here` : ""}.`;
  return [
    ...wrap("", [text], paint),
    ...failed.flatMap(({ label, why }) => wrap([signs.unknown, " "], [`${label}: ${why}`], paint)),
  ];
}

function showNamed({ suspect, signs: seen, withIt }: Named, i: number, told: Told, paint: Paint): string[] {
  const { severity, why } = told.severities[i]!;
  const start: Cell[] = [signs.bad, " "];
  return [
    ...apart([...start, { text: suspect.says, style: "bold" }], `${suspect.class}, ${severity}`, paint),
    ...wrap("  ", [seen.map(({ says }) => says).join(" · ")], paint),
    ...(withIt.length === 0 ? [] : wrap("  ", [`With it: ${withIt.join(", ")}.`], paint)),
    ...(told.blasts[i]!.length === 0 ? [] : wrap("  ", [sayBlasts(told.blasts[i]!)], paint)),
    ...wrap("  ", [`${severity} because ${why}.`], paint),
    `  ${commandFor(suspect.runbook, severity, { ...narrowed(told.blasts[i]!), ...told.scope })}`,
  ];
}

/** Whom the incident is about, where that is plain. */
function narrowed(blasts: readonly Blast[]): Scope {
  const plain = blasts.filter(({ dimension, shares, values }) => {
    const narrows = dimension === "route" || dimension === "tenant" || dimension === "user";
    return narrows && values > 1 && isWhole(shares[0]!) && shares[0]!.name !== "(none)";
  });
  return Object.fromEntries(plain.map(({ dimension, shares }) => [dimension, shares[0]!.name]));
}

function commandFor(runbook: string, severity: string, scope: Scope): string {
  const given = dimensions.flatMap((d) => (scope[d] === undefined ? [] : [`--scope ${shellWord(`${d}=${scope[d]}`)}`]));
  return ["llmops incident start", runbook, `--severity ${severity}`, ...given].join(" ");
}

/** "86%  provider: <n> rate limited                 calls call-3f.., call-9a.." */
function showErrors({ errors }: Told, paint: Paint): string[] {
  if (errors === undefined || errors.patterns.length === 0) return [];
  const shown = errors.patterns.slice(0, mostShown);
  const more = errors.patterns.length - shown.length + errors.others.patterns;
  return [
    ...wrap("", [`What ${count(errors.total, "error")} of this time say:`], paint),
    ...shown.flatMap(({ share, template, calls }) => {
      const such = calls.length === 0 ? "" : `, as in ${calls.slice(0, 2).join(", ")}`;
      return wrap(`  ${sayFigure(share, "ratio").padStart(4)}  `, [`${template}${such}`], paint);
    }),
    ...(more > 0 ? wrap("        ", [`and ${more} more`], paint) : []),
  ];
}

const mostShown = 4;

/** "Who spends most: user u-8841 50% · route …"; a trace with many calls is an agent that goes round in circles. */
function showConsumers({ consumers }: Told, paint: Paint): string[] {
  // what one of thousands has by chance tells nothing
  const telling = (consumers ?? []).filter(({ share }) => share >= 0.2);
  const first = [...new Map(telling.toReversed().map((one) => [one.dimension, one])).values()].toReversed();
  if (first.length === 0) return [];
  const parts = first.map(({ dimension, name, share, calls }) => {
    const times = dimension === "trace" ? ` in ${count(Math.round(calls), "call")}` : "";
    return `${dimension.replaceAll("_", " ")} ${name} ${sayFigure(share, "ratio")}${times}`;
  });
  return wrap("", [`Who spends most: ${parts.join(" · ")}.`], paint);
}

function sayCalm({ read, recovered }: Told): string {
  const heard = read.all.some(({ verdict }) => verdict === "healthy");
  if (!heard) return "Nothing could be read, so nothing can be said.";
  return recovered.length > 0 ? "Nothing is outside normal any more." : "Nothing is outside normal.";
}

function showOutside({ read, named, unexplained }: Told, paint: Paint): string[] {
  if (named.length + unexplained.length === 0) return [];
  const outside = read.all.filter(({ by, verdict }) => by === undefined && verdict === "unhealthy");
  const rows = [...outside.map((m) => ({ ...m, id: "" })), ...(read.changed === undefined ? [] : [read.changed])];
  const strange = unexplained.length === 0 ? [] : [`Nothing above explains: ${labels(unexplained)}.`];
  return [
    ...showEvidence(rows, paint, { queries: "Every query: --json" }),
    ...strange.flatMap((text) => wrap([signs.unknown, " "], [text], paint)),
  ];
}

function showAnswer({ question, answer, unread }: Answered, paint: Paint): string[] {
  const names = unread.map((signal) => signal.replaceAll("_", " "));
  const blind = names.length === 0 ? "" : `not read: ${names.slice(0, 4).join(", ")}${names.length > 4 ? " …" : ""}`;
  const said = {
    yes: "yes, so it seems",
    no: blind === "" ? "no, all as usual" : `nothing speaks for it; ${blind}`,
    unknown: `not known; ${blind}`,
  }[answer];
  return wrap(`${questions[question]}  `, [said], paint);
}

/** Bad news counts; good news rules nothing out. */
function showPages({ pages, unreadPages }: Told["read"], paint: Paint): string[] {
  return [
    ...pages.flatMap(({ name, trouble, says }) =>
      wrap("", [`The status page of ${name}: ${says}${trouble ? "" : ", which rules nothing out"}.`], paint),
    ),
    ...unreadPages.flatMap(({ name, error }) =>
      wrap([signs.unknown, " "], [`The status page of ${name} could not be read: ${error}`], paint),
    ),
  ];
}

function labels(measurements: readonly Measurement[]): string {
  return measurements.map(({ label }) => label).join(", ");
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
