import type { Lack, Met, Row } from "../audit/audit.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { tabled } from "./table.ts";
import { wrap } from "./wrap.ts";

/** A line for each route, then what is missing, said once for all routes that lack it, then what to paste. */
export function showAudit(
  rows: readonly Row[],
  lacks: readonly Lack[],
  add: readonly string[],
  paint: Paint,
): string[] {
  const worst = (route: string) =>
    lacks.some((lack) => lack.route === route && lack.severity === "error")
      ? signs.bad
      : lacks.some((lack) => lack.route === route)
        ? signs.unknown
        : signs.good;
  const { head, body } = tabled(
    ["route", "crit", "kill switch", "cap", "fallback", "block", "owner"],
    rows.map(({ route, criticality, met }): Cell[] => [
      { text: route, style: "bold" },
      criticality === undefined ? "-" : String(criticality),
      say(met["kill switch"]),
      say(met.cap),
      say(met.fallback),
      say(met.block),
      met.owner.by ?? "NONE",
    ]),
    paint,
    rows.map(({ route }) => worst(route)),
  );
  return [
    ...head,
    ...body.flat(),
    ...(lacks.length === 0 ? [] : [""]),
    ...together(lacks).flatMap(({ need, severity, what, routes }) =>
      wrap(
        [severity === "error" ? signs.bad : signs.unknown, " "],
        [{ text: `${need}: `, style: "bold" }, `${what} (${sayRoutes(routes)})`],
        paint,
        4,
      ),
    ),
    ...(add.length === 0
      ? []
      : ["", ...wrap("  ", ["Add to llmops.yaml, or change it there, with your own addresses:"], paint), ""]),
    // whole, however narrow: it is pasted
    ...add.map((line) => `  ${line}`),
  ];
}

function say({ is }: Met): string {
  return { yes: "yes", wider: "wider", "recorded only": "not enforced", none: "NONE" }[is];
}

/** Errors first. */
function together(lacks: readonly Lack[]): (Omit<Lack, "route"> & { routes: string[] })[] {
  const groups = new Map<string, Omit<Lack, "route"> & { routes: string[] }>();
  for (const { route, ...lack } of lacks) {
    const key = JSON.stringify([lack.severity, lack.need, lack.what]);
    const group = groups.get(key) ?? { ...lack, routes: [] };
    group.routes.push(route);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
}

function sayRoutes(routes: readonly string[]): string {
  const shown = routes.slice(0, 5).join(", ");
  return routes.length > 5 ? `${shown} and ${routes.length - 5} more routes` : shown;
}
