import type { Lack, Need } from "./audit.ts";

/** A target as it is written in the project file. */
export interface Written {
  name: string;
  kind: string;
  /** setting → its address, as it is written */
  levers: Readonly<Record<string, unknown>>;
}

/** What is added where nothing meets the need. */
const wanted: Partial<Record<Need, string>> = { "kill switch": "enabled", cap: "max_tokens", block: "blocked" };

/** Lines to paste into llmops.yaml: what the register lacks, and levers spelled like their neighbours. Addresses are for people to check. */
export function linesToAdd(lacks: readonly Lack[], targets: readonly Written[]): string[] {
  const missing = (need: Need) => lacks.filter((lack) => lack.need === need);
  const routes = new Map<string, string[]>();
  for (const [need, text] of [
    ["owner", "owner: TEAM"],
    ["fallback", "fallback: WHAT"],
  ] as const)
    for (const { route } of missing(need)) routes.set(route, [...(routes.get(route) ?? []), text]);
  const settings = Object.entries(wanted).flatMap(([need, setting]) =>
    missing(need as Need).length === 0 ? [] : [setting],
  );
  return [
    ...(routes.size === 0 ? [] : ["routes:"]),
    ...[...routes].map(([route, texts]) => `  ${JSON.stringify(route)}: { ${texts.join(", ")} }`),
    ...leversToAdd(missing("target").length > 0 ? ["enabled", "max_tokens"] : settings, targets),
  ];
}

function leversToAdd(settings: readonly string[], targets: readonly Written[]): string[] {
  if (settings.length === 0) return [];
  const like = targets.find(({ levers }) => JSON.stringify(levers).includes("{route}")) ?? targets[0];
  const { name, kind, levers } = like ?? { name: "gateway", kind: "http", levers: {} };
  return [
    "targets:",
    `  ${name}:`,
    `    ${kind}:`,
    ...(like === undefined ? ['      url: "http://..."'] : []),
    "      levers:",
    ...settings.map((setting) => `        ${setting}: ${leverLike(setting, levers)}`),
  ];
}

/** The address of a neighbour with this setting's name in the place of its own. */
function leverLike(setting: string, levers: Written["levers"]): string {
  const member = setting === "blocked" ? { member: "{user}", create: true } : {};
  for (const [own, lever] of Object.entries(levers)) {
    const { at, pointer } = typeof lever === "string" ? { at: lever, pointer: undefined } : (lever as Address);
    const texts = [at, pointer].filter((text) => typeof text === "string");
    if (!texts.join(" ").includes("{route}") || !texts.join(" ").includes(own)) continue;
    const [first, second] = texts.map((text) => text.replaceAll(own, setting));
    const more = { ...(second === undefined ? {} : { pointer: second }), ...member };
    return Object.keys(more).length === 0 ? JSON.stringify(first) : flow({ at: first, ...more });
  }
  const at = `WHERE {route} HAS ITS ${setting}`;
  return Object.keys(member).length === 0 ? JSON.stringify(at) : flow({ at, ...member });
}

interface Address {
  at?: unknown;
  pointer?: unknown;
}

function flow(values: Record<string, unknown>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${pairs.join(", ")} }`;
}
