import type { Lever, Setting } from "../timeline/setting.ts";

/** A route as the project's register has it. */
export interface Route {
  criticality?: number | undefined;
  owner?: string | undefined;
  fallback?: string | undefined;
}

export interface Offered {
  target: string;
  lever: Lever;
}

/** What every route needs before its first incident. */
export const needs = ["target", "kill switch", "cap", "fallback", "block", "owner"] as const;
export type Need = (typeof needs)[number];

/** What answers a need, each setting by itself. */
const answers: Partial<Record<Need, readonly Setting[]>> = {
  "kill switch": ["enabled"],
  cap: ["max_tokens", "max_input_tokens", "tpm_limit", "rpm_limit", "budget_usd_per_hour"],
  fallback: ["fallbacks", "fallback_response", "model", "provider"],
  block: ["blocked"],
};

/** Whether a need is met: for the route alone, only by what covers more, only as a wish that nobody enforces, or not at all. */
export interface Met {
  is: "yes" | "wider" | "recorded only" | "none";
  /** "max_tokens on gateway", or what the register says */
  by?: string;
  /** that does it */
  offered?: Offered;
}

export interface Row {
  route: string;
  criticality: number | undefined;
  met: Record<Need, Met>;
}

/** What is missing, or less than it looks. */
export interface Lack {
  route: string;
  need: Need;
  severity: "error" | "warning";
  /** without the route */
  what: string;
}

/** Pure: every route of the register against what the targets offer. */
export function audit(routes: Readonly<Record<string, Route>>, offered: readonly Offered[]): Row[] {
  return Object.entries(routes).map(([route, { criticality, owner, fallback }]) => ({
    route,
    criticality,
    met: {
      target: narrowed(offered, "route"),
      "kill switch": met("kill switch", offered, "route"),
      cap: met("cap", offered, "route"),
      fallback: fallback === undefined ? met("fallback", offered, "route") : { is: "yes", by: fallback },
      block: met("block", offered, "user"),
      owner: owner === undefined ? { is: "none" } : { is: "yes", by: owner },
    },
  }));
}

function met(need: Need, offered: readonly Offered[], dimension: "route" | "user"): Met {
  return narrowed(
    offered.filter(({ lever }) => answers[need]!.includes(lever.setting)),
    dimension,
  );
}

/** A lever whose address does not name the dimension moves it for all of them. */
function narrowed(offered: readonly Offered[], dimension: "route" | "user"): Met {
  const found = (is: Met["is"], fits: (lever: Lever) => boolean): Met | undefined => {
    const one = offered.find(({ lever }) => fits(lever));
    return one === undefined ? undefined : { is, by: `${one.lever.setting} on ${one.target}`, offered: one };
  };
  return (
    found("yes", ({ enforced, scope }) => enforced && scope.includes(dimension)) ??
    found("wider", ({ enforced }) => enforced) ??
    found("recorded only", () => true) ?? { is: "none" }
  );
}

/** Of a route of criticality 1, without these nothing can be done at night: an error. All else is a warning. */
const vital: ReadonlySet<Need> = new Set<Need>(["target", "kill switch", "cap", "fallback"]);

export function lacksOf(rows: readonly Row[]): Lack[] {
  return rows.flatMap((row) => {
    const { route, met: all } = row;
    // without any target nothing else is worth a word
    const asked = all.target.is === "none" ? (["target", "owner"] as const) : needs;
    return asked.flatMap((need): Lack[] => {
      const { is, by = "" } = all[need];
      if (is === "yes" || (need === "target" && is !== "none")) return [];
      return [
        { route, need, severity: is === "wider" ? "warning" : severityOf(need, row), what: sayLack(need, is, by) },
      ];
    });
  });
}

export function severityOf(need: Need, { criticality }: Row): Lack["severity"] {
  return criticality === 1 && vital.has(need) ? "error" : "warning";
}

function sayLack(need: Need, is: Met["is"], by: string): string {
  if (is === "recorded only") return `${by} is recorded only (enforced: false): nobody follows it`;
  if (is === "wider")
    return need === "block" ? `${by} has no user: it blocks more than one` : `${by} has no route: it moves all of them`;
  switch (need) {
    case "target":
      return "no target can change anything: there is no lever under targets:";
    case "owner":
      return "nobody owns it: whom to wake is not known";
    case "kill switch":
      return "it cannot be turned off: no target has enabled";
    case "block":
      return "no single user can be stopped: no target has blocked";
    case "cap":
    case "fallback":
      return `${need === "cap" ? "nothing caps it" : "nothing takes over"}: no target has ${answers[need]!.join(", ")}`;
  }
}
