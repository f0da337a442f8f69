import { z } from "zod";
import { isDimension } from "../timeline/scope.ts";
import { secretSchema, type Secret } from "../world/secret.ts";
import type { LeverSettings } from "./lever.ts";
import { placeholders } from "./placeholder.ts";

/** The one request of a write, where it is not the address that is read with another text. */
export interface Call {
  /** left out: the method of the target */
  method?: "PUT" | "PATCH" | "POST" | "DELETE" | undefined;
  /** left out: the address that is read */
  at?: string | undefined;
  /** becomes JSON; a text that is one placeholder becomes the value itself, others are filled in as text */
  body?: unknown;
}

/** What stands in `true` and `false` is for that value alone, and goes before what is said for both. */
export interface Calls extends Call {
  type: string;
  /** beside those of the target, or instead of them */
  headers: Record<string, Secret>;
  /** the API refuses it unless what it names as {before} or {/pointer} still is so */
  conditional: boolean;
  true?: Call | undefined;
  false?: Call | undefined;
}

/** `{value}`, or `{/data/config}`: what stands there in the document that was read, with the change made in it. */
const placeholder = /\{(\/(?:[^{}]|\{[a-z]+\})*|[a-z_]+)\}/g;
const words = ["value", "before", "reason", "incident", "by"];

/** The names in a text, without their outer braces. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name]) => name!);
}

/** The text with another in place of each name. */
export function replaceNames(text: string, by: (name: string) => string): string {
  return text.replace(placeholder, (_, name: string) => by(name));
}

/** All texts of a body, keys too. */
export function textsIn(body: unknown): string[] {
  if (typeof body === "string") return [body];
  if (typeof body !== "object" || body === null) return [];
  return [...(Array.isArray(body) ? [] : Object.keys(body)), ...Object.values(body).flatMap(textsIn)];
}

/** What is sent for each value that a lever may get. */
export function callsOf(calls: Calls): (Calls & Call)[] {
  const both = calls.true === undefined && calls.false === undefined;
  return both ? [calls] : [callFor(calls, true), callFor(calls, false)];
}

export function callFor({ true: yes, false: no, ...both }: Calls, value: unknown): Calls & Call {
  const own = value === true ? yes : value === false ? no : undefined;
  return { ...both, ...own };
}

function namesOf({ at = "", body }: Call): string[] {
  return [at, ...textsIn(body)].flatMap(namesIn);
}

/** `isPath`: an address is one below the target's url. */
export function callsSchema(isPath: (at: string) => boolean): z.ZodType<Calls> {
  const shape = {
    method: z.enum(["PUT", "PATCH", "POST", "DELETE"]).optional(),
    at: z
      .string()
      .refine((at) => isPath(replaceNames(at, () => "x")), {
        message: "needs a path below url, like /v1/flags/{route}",
      })
      .optional(),
    body: z.unknown().optional(),
  };
  return z
    .strictObject({
      ...shape,
      type: z
        .string()
        .regex(
          /^application\/([\w.-]+\+)?json\s*(;[ -~]*)?$/,
          "needs a JSON type like application/json: no other body can be declared",
        )
        .default("application/json"),
      headers: z.record(z.string(), secretSchema).default({}),
      conditional: z.boolean().default(false),
      true: z.strictObject(shape).optional(),
      false: z.strictObject(shape).optional(),
    })
    .superRefine((calls, context) => {
      const mistake = mistakeOf(calls);
      if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake });
    });
}

/** What cannot work in a declaration by itself. */
function mistakeOf(calls: Calls): string | undefined {
  if ((calls.true === undefined) !== (calls.false === undefined)) return "needs both true and false, or neither";
  const all = callsOf(calls);
  const names = all.flatMap(namesOf);
  const strange = names.find((name) => !name.startsWith("/") && !words.includes(name) && !isDimension(name));
  if (strange !== undefined)
    return `names {${strange}}, which is none of ${words.map((word) => `{${word}}`).join(", ")}, no dimension and no {/pointer}`;
  const tells = (call: Call) => namesOf(call).some((name) => name === "value" || name.startsWith("/"));
  if (all.length === 1 && !tells(all[0]!))
    return "needs {value} or {/pointer} in at or body, or true and false: else it writes the same whatever is wanted";
  if (all.length === 2 && JSON.stringify(all[0]) === JSON.stringify(all[1]) && !tells(all[0]!))
    return "needs true and false to be different";
  if (
    calls.conditional &&
    !all.every((call) => namesOf(call).some((name) => name === "before" || name.startsWith("/")))
  )
    return "needs {before} or {/pointer} to be conditional on: without them the API has nothing to compare";
  return undefined;
}

/** What cannot work at this lever. */
export function mistakeAt({ at, pointer = "", member, create, write }: LeverSettings): string | undefined {
  if (write === undefined) return undefined;
  if (create) return "cannot be declared together with create: what was absent could not be taken away again";
  const names = callsOf(write).flatMap(namesOf);
  if (member !== undefined && names.some((name) => name === "value" || name === "before"))
    return "cannot use {value} or {before} with member: declare true and false, or name the list as {/pointer}";
  const known = placeholders(`${at} ${pointer} ${member ?? ""}`);
  const more = names.flatMap((name) => (name.startsWith("/") ? placeholders(name) : placeholders(`{${name}}`)));
  const unread = more.find((dimension) => !known.includes(dimension));
  return unread === undefined
    ? undefined
    : `names {${unread}}, which what is read does not: it would be changed unread`;
}
