import type { Runbook } from "../runbook/runbook.ts";
import { sayCondition } from "../steps/condition.ts";
import type { Miss } from "./lists.ts";
import type { Happened } from "./rehearse.ts";
import type { Expected, Test } from "./schema.ts";
import { sayIn, type Script } from "./script.ts";

/** What the test says and no walk of it asked for. */
export function unusedIn({ answers, outcomes, evidence }: Test, happened: readonly Happened[]): Miss[] {
  const said = [
    ...Object.keys(answers).map((id) => ["answers", id] as const),
    ...Object.keys(outcomes).map((id) => ["outcomes", id] as const),
  ];
  const idle = said.filter(([what, id]) => !happened.some(({ used }) => used.has(`${what} ${id}`)));
  const unread = Object.keys(evidence).filter((id) => happened.every((one) => one.unread.includes(id)));
  return [
    ...idle.map(([what, id]): Miss => {
      const [step] = id.split(".");
      const walked = happened.some(({ steps }) => steps.some((one) => one.id === step));
      return {
        path: [what, id],
        key: true,
        message: `${id} ${walked ? "asked nothing" : "was not reached"}: this is of no use`,
      };
    }),
    ...unread.map((id) => ({
      path: ["evidence", id],
      key: true,
      message: `${id} is read less often than it has readings`,
    })),
  ];
}

/** Where one walk went another way than it was to go. */
export function missesIn(
  expected: Expected,
  happened: Happened,
  nth: number,
  script: Script,
  runbook: Runbook,
): Miss[] {
  const misses: Miss[] = [];
  const wanted = Object.keys(expected.steps).flatMap((id) => {
    const said = sayIn(expected.steps[id], nth);
    const outcome = said === "each" ? (script.outcomes.get(id) ?? script.answers.get(id)) : said;
    return outcome === undefined ? [] : [{ id, outcome }];
  });
  const walked = new Map(happened.steps.map((step) => [step.id, step]));
  for (const { id, outcome } of wanted) {
    const path = ["expect", "steps", id];
    const step = walked.get(id);
    if (step === undefined)
      misses.push({
        path,
        key: true,
        message: `${id} was to end ${outcome}, and was not walked${whyNot(id, runbook, walked)}`,
        nth,
      });
    else if (step.outcome !== outcome)
      misses.push({ path, message: `${id} was to end ${outcome}, and ended ${step.outcome}${because(step.why)}`, nth });
  }
  const others = happened.steps.filter(({ id }) => !wanted.some((one) => one.id === id));
  const more = others.map(({ id, outcome, why }) => `${id} ended ${outcome}${whyFailed(outcome, why)}`).join(", ");
  if (more !== "")
    misses.push({ path: ["expect", "steps"], key: true, message: `walked, and not expected: ${more}`, nth });
  const order = happened.steps.map(({ id }) => id);
  const early = wanted.find(
    ({ id }, at) => at > 0 && order.includes(id) && order.indexOf(id) < order.indexOf(wanted[at - 1]!.id),
  );
  if (misses.length === 0 && early !== undefined)
    misses.push({
      path: ["expect", "steps", early.id],
      key: true,
      message: `${early.id} was walked earlier than that`,
      nth,
    });
  return misses;
}

function whyNot(id: string, { steps }: Runbook, walked: ReadonlyMap<string, { outcome: string }>): string {
  const when = steps.find((step) => step.id === id)?.when;
  if (when === undefined) return "";
  const known = when.all.flatMap((one) =>
    walked.has(one.id) ? [`${one.id} ended ${walked.get(one.id)!.outcome}`] : [],
  );
  return `: it is for ${sayCondition(when)}${known.length === 0 ? "" : `; ${known.join(", ")}`}`;
}

/** In a list of steps only what failed says why. */
function whyFailed(outcome: string, why: string | undefined): string {
  return outcome === "failed" && why !== undefined ? ` (${why})` : "";
}

export function because(why: string | undefined): string {
  return why === undefined || why === "" ? "" : `: ${why}`;
}
