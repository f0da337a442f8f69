import { rewrite } from "../queries/rewrite.ts";
import { metricNames } from "../queries/selector.ts";
import type { Prices } from "./prices.ts";
import type { Query, Stack } from "./stack.ts";

/**
 * Cost from tokens and prices, where a stack splits its tokens by model. What the stack itself tells of cost counts first.
 * Models without a price count nothing.
 */
export function estimateCosts(stack: Stack, prices: Prices): Query[] {
  const [ins, outs, calls] = ["tokens_in_rate", "tokens_out_rate", "request_rate"].map((s) => stack.queries.get(s));
  const label = modelLabel(stack, [ins, outs, calls]);
  const names = Object.keys(prices).join(", ");
  if (label === undefined || names === "") return [];
  const [paidIn, paidOut] = [priced(ins!, label, prices, "in"), priced(outs!, label, prices, "out")];
  if (paidIn === undefined || paidOut === undefined) return [];
  const perSecond = `(sum(${paidIn}) + sum(${paidOut})) / 1e6`;

  const texts = { cost_per_hour: `${perSecond} * 3600`, cost_per_request: `${perSecond} / (${calls!.text} > 0)` };
  return Object.entries(texts).flatMap(([name, text]): Query[] => {
    const signal = stack.catalogue.get(name);
    const told = stack.queries.get(name);
    if (signal === undefined || told?.own === true) return [];
    const note = `estimated from the token prices of ${names}`;
    if (told === undefined) return [{ ...signal, language: "promql", text, note }];
    if (modelLabel(stack, [told]) !== label) return [];
    return [{ ...told, text: `${told.text} or ${text}`, note: `${note}, where no cost is counted` }];
  });
}

/** Dollars for a million seconds, one series for each model; undefined where the tokens cannot be split. */
function priced({ text }: Query, label: string, prices: Prices, way: "in" | "out"): string | undefined {
  const parts = Object.entries(prices).map(([model, price]) => {
    const one = rewrite(text, { filters: () => [{ label, value: model }], by: () => label });
    return "refused" in one ? undefined : `${one.promql} * ${price[way]}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(" or ");
}

/** The one label by which all metrics of these queries are split by model. */
function modelLabel(stack: Stack, queries: readonly (Query | undefined)[]): string | undefined {
  const labels = new Set(
    queries.flatMap((query) =>
      query?.language === "promql"
        ? metricNames(query.text).map((metric) => stack.label(metric, "model"))
        : [undefined],
    ),
  );
  return labels.size === 1 ? [...labels][0] : undefined;
}
