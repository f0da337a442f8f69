import { allProviders, models, routes } from "./catalogue.ts";
import { fallbackAnswers, type RouteSettings } from "./settings.ts";

type Check = (value: unknown) => string | undefined;

const number =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === "number" && value >= least && value <= most
      ? undefined
      : `must be a number from ${least} to ${most}`;
const integer =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && number(least, most)(value) === undefined
      ? undefined
      : `must be a whole number from ${least} to ${most}`;
const flag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");
const text: Check = (value) => (typeof value === "string" ? undefined : "must be a text");
const oneOf =
  (known: readonly string[]): Check =>
  (value) =>
    known.some((one) => one === value) ? undefined : `must be one of ${known.join(", ")}`;
const either =
  (...checks: Check[]): Check =>
  (value) => {
    const mistakes = checks.map((check) => check(value));
    return mistakes.includes(undefined) ? undefined : mistakes.join(", or ");
  };
const model = oneOf(Object.keys(models));
const list =
  (entry: Check): Check =>
  (value) =>
    Array.isArray(value) ? value.map(entry).find((mistake) => mistake !== undefined) : "must be a list";

/** An object with these keys and no others. */
const keys =
  (wanted: Record<string, Check>): Check =>
  (value) => {
    const [mistake] = mistakesAt(wanted, value);
    return mistake;
  };

const checks: Record<Exclude<keyof RouteSettings, "tools">, Check> = {
  enabled: flag,
  fallback_response: either(oneOf(fallbackAnswers), keys({ answer: oneOf(["message"]), text })),
  model,
  provider: oneOf(allProviders),
  fallbacks: list(model),
  max_tokens: integer(1, 32_768),
  max_input_tokens: integer(1, 1_000_000),
  timeout_ms: integer(1, 3_600_000),
  max_retries: integer(0, 10),
  retry_backoff: keys({ base_ms: integer(1, 3_600_000), max_ms: integer(1, 3_600_000), jitter: flag }),
  circuit_breaker: either(flag, keys({ failures: integer(1, 10_000), cooldown_ms: integer(1, 3_600_000) })),
  rpm_limit: integer(0, 1_000_000),
  tpm_limit: integer(0, 1_000_000_000),
  budget_usd_per_hour: number(0, 1_000_000),
  cache: flag,
  prompt_version: text,
  system_prompt_suffix: text,
  guardrails: either(flag, text),
  retrieval: either(flag, oneOf(["degraded"])),
  trace_sample_rate: number(0, 1),
  owner: text,
  note: text,
};

/** What is wrong with the settings of a route, one text for each mistake. */
export function mistakesIn(route: string, value: unknown): string[] {
  const tools = Object.fromEntries(Object.keys(routes[route]!.tools).map((tool) => [tool, flag]));
  return mistakesAt({ ...checks, tools: keys(tools) }, value);
}

export function mistakesInDeploys(value: unknown): string[] {
  return mistakesAt({ frozen: flag }, value);
}

export function mistakesInUsers(value: unknown): string[] {
  if (!Array.isArray(value)) return ["must be a list of user ids"];
  if (value.some((id) => typeof id !== "string" || id === "" || id.length > 200))
    return ["every entry must be a user id"];
  return new Set(value).size === value.length ? [] : ["an id is listed twice"];
}

function mistakesAt(wanted: Record<string, Check>, value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return ["must be an object"];
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(wanted, key));
  return [
    ...unknown.map((key) => `${key}: is not a setting`),
    ...Object.entries(wanted).flatMap(([key, check]) => {
      const mistake = Object.hasOwn(value, key) ? check((value as Record<string, unknown>)[key]) : "is missing";
      return mistake === undefined ? [] : [`${key}: ${mistake}`];
    }),
  ];
}
