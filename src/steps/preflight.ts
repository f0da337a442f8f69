import { exit, UserError } from "../errors.ts";
import { fitModel, projectCost, type Fit, type Flow } from "../models/fit.ts";
import type { Plan } from "../timeline/event.ts";
import { sayScope, type Scope } from "../timeline/scope.ts";
import type { Setting } from "../timeline/setting.ts";
import type { Value } from "../timeline/value.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";

const hourMs = 3_600_000;

/** Would the models that are to serve do for what is asked of them now? Reads only; empty where no model is named. */
export async function preflight(setting: Setting, wanted: readonly Draft[], context: Context): Promise<Fit> {
  const found = await Promise.all(
    wanted.map(async (draft) => {
      const { misfits, says } = await fitOf(setting, draft, context);
      const where = wanted.length === 1 ? "" : `${sayScope(draft.scope)}: `;
      return { misfits: misfits.map((why) => where + why), says: says.map((text) => where + text) };
    }),
  );
  const unique = (texts: string[]) => [...new Set(texts)];
  return {
    misfits: unique(found.flatMap(({ misfits }) => misfits)),
    says: unique(found.flatMap(({ says }) => says)),
  };
}

async function fitOf(setting: Setting, { scope, read, after }: Draft, context: Context): Promise<Fit> {
  const provider = setting === "provider" ? namesIn(after)[0] : undefined;
  if (provider !== undefined)
    return {
      misfits: [],
      says: [`what ${provider} serves, and at what price, is not known: nothing of it is checked`],
    };
  const names = setting === "model" || setting === "fallbacks" ? namesIn(after) : [];
  if (names.length === 0) return { misfits: [], says: [] };

  const models = await context.models();
  // beside what is not known nothing can be laid
  const flow = names.some((name) => models.has(name)) ? await readFlow(scope, context) : {};
  const route = scope.route === undefined ? {} : { name: scope.route, ...context.route(scope.route) };
  const fits = names.map((name) => fitModel(name, models.get(name), route, flow));
  const misfits = fits.flatMap((fit) => fit.misfits);
  const says = fits.flatMap((fit) => fit.says);
  const [model = ""] = names;
  if (setting === "model" && models.has(model))
    says.push(projectCost(models.get(namesIn(read.value)[0] ?? ""), models.get(model), model, flow));
  return { misfits, says };
}

function namesIn(value: Value): string[] {
  return "is" in value ? [value.is].flat().filter((one) => typeof one === "string") : [];
}

/** Over the lever's own scope: that is what the model will have to bear. */
async function readFlow(scope: Scope, context: Context): Promise<Flow> {
  if (!context.canMeasure) return {};
  const read = async (signal: string) =>
    (await context.measure("preflight", { ask: { signal }, windowMs: hourMs }, scope)).value;
  const [p95, average, tokensIn, tokensOut, usdPerHour] = await Promise.all(
    ["tokens_in_p95", "tokens_in_avg", "tokens_in_rate", "tokens_out_rate", "cost_per_hour"].map(read),
  );
  const prompt =
    p95 !== undefined
      ? { tokens: p95, of: "at p95" as const }
      : average !== undefined
        ? { tokens: average, of: "on average" as const }
        : undefined;
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(tokensIn === undefined ? {} : { tokensIn }),
    ...(tokensOut === undefined ? {} : { tokensOut }),
    ...(usdPerHour === undefined ? {} : { usdPerHour }),
  };
}

/**
 * What does not fit is refused, unless somebody says why it is done all the same: beforehand, or now when asked. "declined":
 * asked, and not forced.
 */
export async function forceOf({ misfits: why }: Fit, context: Context): Promise<Plan["forced"] | "declined"> {
  if (why.length === 0) return undefined;
  if (context.force !== undefined) return { why, reason: context.force };
  const what = `It does not fit: ${why.join("; ")}.`;
  if (context.unattended)
    throw new UserError({
      what,
      next: 'choose another model, or add --force "why it is done all the same"',
      code: exit.refused,
    });
  context.say(`! ${what}`);
  const reason = (await context.line("Why all the same? The reason is recorded, Enter leaves it:")).trim();
  return reason === "" ? "declined" : { why, reason };
}
