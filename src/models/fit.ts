import { sayFigure } from "../timeline/figure.ts";
import type { Facts, Need, Route } from "./facts.ts";

/** What was seen over the last hour where the model is to serve; what is left out was not to be had. */
export interface Flow {
  /** tokens of a prompt */
  prompt?: { tokens: number; of: "at p95" | "on average" };
  tokensIn?: number;
  tokensOut?: number;
  usdPerHour?: number;
}

/** Reasons not to, and what one should know. A figure that is not known is said, never guessed. */
export interface Fit {
  misfits: string[];
  says: string[];
}

const wants: Record<Need, string> = { tools: "tool calls", json: "JSON by a schema", vision: "vision" };

/** Would this model do for a route, as it is used now? */
export function fitModel(model: string, facts: Facts | undefined, route: Route & { name?: string }, flow: Flow): Fit {
  const { prompt } = flow;
  const { name = "the route", needs = [], region } = route;
  if (facts === undefined || Object.keys(facts).every((key) => key === "aliases"))
    return { misfits: [], says: [`nothing is known of ${model}: its context, abilities and price are not checked`] };
  const { context, regions } = facts;
  const misfits: string[] = [];
  const says: string[] = [];
  const seen = prompt && `prompts of the last hour have ${sayTokens(prompt.tokens)} ${prompt.of}`;
  if (context !== undefined && prompt !== undefined && prompt.tokens > context)
    misfits.push(`${seen}, and ${model} takes ${sayTokens(context)}`);
  else if (context !== undefined)
    says.push(`${model} takes prompts of ${sayTokens(context)}; ${seen ?? "how long they are now is not known"}`);
  for (const need of needs)
    if (facts[need] === false) misfits.push(`${name} needs ${wants[need]}, which ${model} does not have`);
  if (region !== undefined && regions !== undefined && !regions.includes(region))
    misfits.push(`${name} must stay in ${region}, and ${model} is served in ${regions.join(", ")}`);

  const unknown = [
    ...(context === undefined ? ["its context"] : []),
    ...needs.filter((need) => facts[need] === undefined).map((need) => wants[need]),
    ...(region !== undefined && regions === undefined ? ["where it is served"] : []),
  ];
  if (unknown.length > 0) says.push(`not known of ${model}: ${unknown.join(", ")}`);
  return { misfits, says };
}

/** "projected $/h: 12.3 → 1.90 (estimated from the last hour's tokens)", or what is missing for it. */
export function projectCost(before: Facts | undefined, after: Facts | undefined, model: string, flow: Flow): string {
  const { tokensIn, tokensOut, usdPerHour } = flow;
  const next = after?.price;
  if (next === undefined) return `projected $/h: not known, ${model} has no price (models: or prices: in llmops.yaml)`;
  if (tokensIn === undefined || tokensOut === undefined)
    return "projected $/h: not known, the tokens of the last hour cannot be read";
  const perHour = (price: { in: number; out: number }) =>
    ((tokensIn * price.in + tokensOut * price.out) * 3600) / 1_000_000;
  const now = before?.price === undefined ? usdPerHour : perHour(before.price);
  const from = now === undefined ? "not known" : dollars(now);
  return `projected $/h: ${from} → ${dollars(perHour(next))} (estimated from the last hour's tokens)`;
}

function dollars(value: number): string {
  return sayFigure(value, "usd/h").replace("$", "");
}

function sayTokens(tokens: number): string {
  return `${Math.round(tokens).toLocaleString("en-US")} tokens`;
}
