import type { Fault } from "./fault.ts";
import { usualSettings, type RouteSettings } from "./settings.ts";

/**
 * What the gateway's deploy script appends to `changes.jsonl` when people change settings: for each fault that somebody
 * brought in one line of JSON; `back`: it is taken back. "" where nobody changed anything.
 */
export function deedLines(faults: readonly Fault[], at: number, back = false): string {
  return faults
    .flatMap(({ onset }) => (onset === undefined ? [] : [onset]))
    .map(({ route, settings, by }) => {
      const usual = usualSettings().routes[route]!;
      const moved = (Object.keys(settings) as (keyof RouteSettings)[]).map((key) => {
        const [from, to] = back ? [settings[key]!, usual[key]] : [usual[key], settings[key]!];
        return `${key.replace("_version", "")} ${said(from)} → ${said(to)}`;
      });
      const deed = { at: new Date(at).toISOString(), what: `${route} ${moved.join(", ")}`, who: by, where: { route } };
      return `${JSON.stringify(deed)}\n`;
    })
    .join("");
}

function said(value: RouteSettings[keyof RouteSettings]): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
