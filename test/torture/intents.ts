import type { Value } from "../../src/timeline/value.ts";

/** An intent as its records tell it: read from the bytes, without the program's own fold. */
export interface Intent {
  /** "CHG-1121-abcd m1" */
  key: string;
  incident: string;
  id: string;
  /** ms since 1970 */
  at: number;
  change: { setting: string; scope: { route?: string }; before: Plain; after: Plain; undoes?: string };
  /** ended: settled as something that neither was before nor was intended */
  state: "in-doubt" | "applied" | "not-applied" | "ended";
  /** an undo of it was applied, or it ended without one */
  over: boolean;
}

type Plain = { is?: unknown; absent?: true };

interface Line {
  incident: string;
  at: number;
  type: string;
  payload: {
    change?: string | (Intent["change"] & { id: string });
    result?: object;
    as?: string;
  } | null;
}

/** The intents of one timeline or of several behind one another; a torn last line is none. */
export function intentsIn(text: string): Intent[] {
  const intents: Intent[] = [];
  for (const line of text.split("\n").slice(0, -1)) {
    const event = parse(line);
    if (event?.payload == null) continue;
    const { incident, at, type, payload } = event;
    if (type === "intended") {
      const { id, ...change } = payload.change as Intent["change"] & { id: string };
      intents.push({ key: `${incident} ${id}`, incident, id, at, change, state: "in-doubt", over: false });
    }
    const intent = intents.find((one) => one.incident === incident && one.id === payload.change);
    if (intent === undefined) continue;
    const end = endOf(event, intent.state);
    if (end !== undefined) intent.state = end;
    if (type === "ended") intent.over = true;
    const { undoes } = intent.change;
    const undone = intents.find((one) => one.incident === incident && one.id === undoes);
    if (end === "applied" && undone !== undefined) undone.over = true;
  }
  return intents;
}

function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

function endOf({ type, payload }: Line, state: Intent["state"]): Intent["state"] | undefined {
  const result = payload?.result ?? {};
  if (type === "written" && ("conflict" in result || "refused" in result)) return "not-applied";
  if (type === "read-back" && (payload?.as === "applied" || payload?.as === "not-applied")) return payload.as;
  if (type !== "settled" || state !== "in-doubt") return undefined;
  return payload?.as === "other" ? "ended" : (payload?.as as Intent["state"]);
}

/** Production carries it, or may. */
export function isCarried({ state, over, change }: Intent): boolean {
  return state === "in-doubt" || (state === "applied" && !over && change.undoes === undefined);
}

/** What stands at a top-level key of a JSON document. */
export function valueIn(document: string | undefined, setting: string): Value {
  const parsed = (document === undefined ? {} : JSON.parse(document)) as Record<string, never>;
  return Object.hasOwn(parsed, setting) ? { is: parsed[setting]! } : { absent: true };
}

/** Where the document of a change is. */
export function pathOf({ scope }: Intent["change"]): string {
  return `/routes/${scope.route}`;
}

/** For comparing values. */
export function say(value: Plain): string {
  return JSON.stringify(value);
}
