import { pointerOf } from "../document/edit.ts";
import type { Written } from "../timeline/setting.ts";
import type { Put } from "./keyValue.ts";
import { closed, letsIn, strategiesIn, unitAt } from "./unleashFlag.ts";

interface Message {
  method: "POST" | "PATCH";
  /** below the environment of the flag */
  path: string;
  headers?: Record<string, string>;
  body?: string;
}
type Refused = Written & { refused: true };

/** The one request that makes a change of a flag, or why none may be sent. */
export function messageFor({ text, change, planned }: Put): Message | Refused {
  const { path, value, before } = change;
  const strategies = strategiesIn(text ?? "");
  if (path[0] === "enabled") {
    if (!("is" in value) || typeof value.is !== "boolean")
      return { refused: true, why: "a flag is on or off, and holds no other value", next: "give the lever a pointer" };
    if (!value.is) return { method: "POST", path: "off" };
    if (strategies.some(({ disabled }) => !disabled)) return { method: "POST", path: "on" };
    return {
      refused: true,
      why: "no strategy of this flag is enabled: turned on, it would get a new one from Unleash that lets in everybody, and turning it off again does not take that away",
      next: "add or enable a strategy in Unleash first",
    };
  }
  const unit = unitAt(path)!;
  if (planned.setting === "blocked" && letsIn(text ?? "", unit))
    return {
      refused: true,
      why: "whoever is in this list is let in, not kept out",
      next: "point the lever blocked at the values of a NOT_IN constraint",
    };
  const made = closed(text ?? "", unit);
  if ("error" in made) return { refused: true, why: made.error };
  const op = "absent" in before && unit.length === path.length ? "add" : "replace";
  return {
    method: "PATCH",
    path: `strategies/${encodeURIComponent(strategies[Number(unit[1])]!.id)}`,
    headers: { "content-type": "application/json" },
    body: `[{"op":"${op}","path":${JSON.stringify(pointerOf(unit.slice(2)))},"value":${made.json}}]`,
  };
}
