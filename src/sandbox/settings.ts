import { models, routes } from "./catalogue.ts";

/** The settings of one route, as the config API serves them. */
export interface RouteSettings {
  enabled: boolean;
  model: string;
  /** tokens of one answer */
  max_tokens: number;
  /** calls per minute over all tenants */
  rpm_limit: number;
  cache: boolean;
  prompt_version: string;
  owner: string;
  note: string;
}

export interface Settings {
  routes: Record<string, RouteSettings>;
  blockedUsers: string[];
}

export function usualSettings(): Settings {
  const entries = Object.entries(routes).map(([name, route]): [string, RouteSettings] => [
    name,
    {
      enabled: true,
      model: route.model,
      max_tokens: 4096,
      rpm_limit: 6000,
      cache: route.cacheable > 0,
      prompt_version: route.promptVersion,
      owner: route.owner,
      note: `ask ${route.owner} before changing this`,
    },
  ]);
  return { routes: Object.fromEntries(entries), blockedUsers: [] };
}

const integer = (least: number, most: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? undefined
    : `must be a whole number from ${least} to ${most}`;
const flag = (value: unknown) => (typeof value === "boolean" ? undefined : "must be true or false");
const text = (value: unknown) => (typeof value === "string" ? undefined : "must be a text");

const checks: Record<keyof RouteSettings, (value: unknown) => string | undefined> = {
  enabled: flag,
  model: (value) =>
    typeof value === "string" && Object.hasOwn(models, value)
      ? undefined
      : `must be one of ${Object.keys(models).join(", ")}`,
  max_tokens: integer(1, 32_768),
  rpm_limit: integer(0, 1_000_000),
  cache: flag,
  prompt_version: text,
  owner: text,
  note: text,
};

/** What is wrong with the settings of a route, one text for each mistake. */
export function mistakesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return ["must be an object"];
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(checks, key));
  return [
    ...unknown.map((key) => `${key}: is not a setting`),
    ...Object.entries(checks).flatMap(([key, check]) => {
      const mistake = Object.hasOwn(value, key) ? check((value as Record<string, unknown>)[key]) : "is missing";
      return mistake === undefined ? [] : [`${key}: ${mistake}`];
    }),
  ];
}

export function mistakesInUsers(value: unknown): string[] {
  if (!Array.isArray(value)) return ["must be a list of user ids"];
  if (value.some((id) => typeof id !== "string" || id === "" || id.length > 200))
    return ["every entry must be a user id"];
  return new Set(value).size === value.length ? [] : ["an id is listed twice"];
}
