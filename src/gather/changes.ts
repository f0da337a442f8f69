import { didYouMean, messageOf } from "../errors.ts";
import { formatDuration } from "../duration.ts";
import { shorten } from "../harmless.ts";
import { redact } from "../redact/redact.ts";
import type { ChangeLog } from "../changes/change.ts";
import type { Answer } from "../sources/source.ts";
import type { Deed, ToldDeed } from "../timeline/deed.ts";
import { dimensions, type Scope } from "../timeline/scope.ts";
import { nothing, type MeasureAsk, type Reading } from "./record.ts";
import type { Readable } from "./route.ts";

/** Most changes that are kept; the rest is counted. */
const mostDeeds = 20;

/** A record of changes of the project. */
export interface Recorded {
  name: string;
  open(): ChangeLog;
}

interface From {
  changes: readonly Recorded[];
  sources: readonly Readable[];
}

/** One place that was asked. */
interface Told {
  name: string;
  asks: string;
  answer: Answer<Deed[]>;
}

/**
 * What was changed, from every record at once: who cannot be read is a warning, and an error only where nobody could. That
 * nothing was changed is said only when all were read and one of them tells of us: models that providers rename are looked
 * for in call records, and say nothing of what we did. `source` names one record.
 */
export async function readChanges(asked: MeasureAsk, windowMs: number, from: From): Promise<Reading> {
  const { ask, at, sinceMs } = asked;
  const since = Math.max(at - windowMs, sinceMs ?? 0);
  const mine = from.changes.filter(({ name }) => ask.source === undefined || ask.source === name);
  const [ours, theirs] = await Promise.all([
    Promise.all(mine.map((one) => readLog(one, since, at))),
    ask.source === undefined || mine.length === 0 ? readRenamed(from.sources, ask.source, since, at) : [],
  ]);
  const told = [...ours, ...theirs];
  const because = (outcome: "no-data" | "error", why: string) => nothing(asked, windowMs, outcome, shorten(why, 300));
  if (told.length === 0 && ask.source !== undefined)
    return because("error", `nothing here tells changes as ${ask.source}${didYouMean(ask.source, namesOf(from))}`);
  if (told.length === 0) return because("no-data", "nothing here tells what was changed");

  const failed = told.flatMap(({ name, answer }) => ("error" in answer ? [`${name}: ${answer.error}`] : []));
  const warnings = [
    ...failed,
    ...told.flatMap(({ name, answer }) => ("error" in answer ? [] : answer.warnings.map((one) => `${name}: ${one}`))),
  ].map((one) => shorten(one, 300));
  const base = {
    ...because("error", failed.join("; ")),
    query: told.flatMap(({ asks }) => (asks === "" ? [] : [asks])).join("; "),
    source: told.map(({ name }) => name).join(", "),
  };
  if (failed.length === told.length) return base;
  const more = warnings.length === 0 ? {} : { warnings: warnings.slice(0, 5) };
  const deeds = told.flatMap(({ name, answer }) =>
    "error" in answer ? [] : answer.data.map((deed) => clean(deed, name)),
  );
  const none = (why: string): Reading => ({ ...base, ...more, verdict: "no-data", outcome: "no-data", why });
  const window = formatDuration(windowMs);
  if (deeds.length === 0 && failed.length > 0)
    return none(`no change was found in ${window}, but not all could be read`);
  if (deeds.length === 0 && ours.length === 0)
    return none(`no model was renamed in ${window}; nothing here tells what we changed`);
  const newest = deeds.toSorted((a, b) => b.at - a.at).slice(0, mostDeeds);
  const count = deeds.length === 1 ? "1 change" : `${deeds.length} changes`;
  return {
    ...base,
    ...more,
    verdict: "healthy",
    outcome: deeds.length === 0 ? "unchanged" : "changed",
    why: `${deeds.length === 0 ? "no change" : count} in ${window}`,
    deeds: newest,
    deedCount: deeds.length,
  };
}

async function readLog({ name, open }: Recorded, from: number, to: number): Promise<Told> {
  try {
    const log = open();
    return { name, asks: log.asks, answer: await log.changes(from, to) };
  } catch (thrown) {
    return { name, asks: "", answer: { error: shorten(messageOf(thrown), 300), ms: 0 } };
  }
}

/** What call records are asked for by name: `source: reported`, or the name of one of their sources. */
const reported = "reported";

async function readRenamed(
  sources: readonly Readable[],
  named: string | undefined,
  from: number,
  to: number,
): Promise<Told[]> {
  const told = sources
    // only these hold calls, and opening another may ask for its secrets
    .filter(({ name, language }) => language === "sql" && (named === undefined || named === reported || named === name))
    .map(async ({ name, open }): Promise<Told[]> => {
      const answer = await renamedIn(open, from, to);
      return answer === undefined ? [] : [{ name, asks: `model_reported by model of ${name}`, answer }];
    });
  return (await Promise.all(told)).flat();
}

async function renamedIn(open: Readable["open"], from: number, to: number): Promise<Answer<Deed[]> | undefined> {
  try {
    const answer = await open().renamed?.(from, to);
    if (answer === undefined || "error" in answer) return answer;
    const data = answer.data.map(({ model, before, now, at }): Deed => {
      return { at, what: `${model} reported as ${before} → ${now}`, where: { model } };
    });
    return { ...answer, data };
  } catch (thrown) {
    return { error: shorten(messageOf(thrown), 300), ms: 0 };
  }
}

function namesOf({ changes, sources }: From): string[] {
  const calls = sources.filter(({ language }) => language === "sql").map(({ name }) => name);
  return [...changes.map(({ name }) => name), ...calls, ...(calls.length === 0 ? [] : [reported])];
}

/** Anybody can write a commit message: one harmless line without secrets and personal data. People keep their names. */
function clean({ at, what, who, where, ref }: Deed, source: string): ToldDeed {
  return {
    at,
    what: shorten(redact(what, "all"), 200),
    ...(who === undefined ? {} : { who: shorten(redact(who, "secrets"), 60) }),
    ...(where === undefined ? {} : { where: cleanScope(where) }),
    ...(ref === undefined ? {} : { ref: shorten(ref, 80) }),
    source,
  };
}

function cleanScope(where: Scope): Scope {
  return Object.fromEntries(
    dimensions.flatMap((one) => (where[one] === undefined ? [] : [[one, shorten(where[one], 120)]])),
  );
}
