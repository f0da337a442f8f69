import { escapePointer, readAt, replaceAt } from "../document/edit.ts";
import type { Json, Value } from "../timeline/value.ts";
import { sayValue } from "../timeline/value.ts";
import type { Part } from "./kubernetesAddress.ts";

type Failed = { error: string };

const containers = "/spec/template/spec/containers";

/** The text that a part of an object holds; null: there is nothing. `object`: as the API server sent it. */
export function textOf(object: string, part: Part): { text: string | null } | Failed {
  if (part.kind === "whole") return { text: object };
  const at = pointerTo(object, part);
  if ("error" in at) return at;
  if (at.pointer === undefined) return { text: null };
  const read = readAt(object, "json", at.pointer);
  if ("error" in read) return read;
  if ("absent" in read.value) return binary(object, part) ?? { text: part.kind === "env" ? "" : null };
  if (typeof read.value.is === "string") return { text: read.value.is };
  return { text: sayValue(read.value) };
}

/** The object with another text in a part of it; null takes the part away. Every other byte stays. */
export function withText(object: string, part: Part, text: string | null): { text: string } | Failed {
  if (part.kind === "whole") return text === null ? { error: "a whole object is never taken away" } : { text };
  const at = pointerTo(object, part);
  if ("error" in at) return at;
  if (part.kind === "env" && (at.pointer === undefined || text === null)) return withVariable(object, part, at, text);
  const pointer = at.pointer!;
  if (text === null) return replaceAt(object, "json", pointer, { absent: true }, false);
  const isText = part.kind === "data" || part.kind === "annotation" || part.kind === "env";
  const value = isText ? { value: { is: text } } : readAt(text, "json", "");
  if ("error" in value) return { error: `${part.kind} is no text: ${value.error}` };
  return putAt(object, pointer, value.value);
}

/** The value at a pointer, in a map that is made where there is none: an object without annotations has no map for them. */
export function putAt(object: string, pointer: string, value: Value): { text: string } | Failed {
  const parent = pointer.slice(0, pointer.lastIndexOf("/"));
  const above = readAt(object, "json", parent);
  const isThere = "error" in above || !("absent" in above.value || above.value.is === null);
  if (isThere) return replaceAt(object, "json", pointer, value, true);
  const made =
    "absent" in above.value ? putAt(object, parent, { is: {} }) : replaceAt(object, "json", parent, { is: {} }, true);
  return "error" in made ? made : replaceAt(made.text, "json", pointer, value, true);
}

interface At {
  /** undefined: there is no such variable */
  pointer: string | undefined;
  /** of the variables, where the part is one */
  list?: string;
}

function pointerTo(object: string, part: Exclude<Part, { kind: "whole" }>): At | Failed {
  switch (part.kind) {
    case "data":
      return { pointer: `/data/${escapePointer(part.key)}` };
    case "annotation":
      return { pointer: `/metadata/annotations/${escapePointer(part.key)}` };
    case "suspend":
    case "replicas":
      return { pointer: `/spec/${part.kind}` };
    case "env":
      return variableIn(object, part);
  }
}

interface Variable {
  name: string;
  valueFrom?: unknown;
}

function variableIn(object: string, { container, variable }: Extract<Part, { kind: "env" }>): At | Failed {
  const pods = listAt(object, containers) as { name: string }[];
  const at = container === undefined ? 0 : pods.findIndex(({ name }) => name === container);
  if (pods[at] === undefined)
    return { error: `it has no container ${container ?? ""}, only ${pods.map(({ name }) => name).join(", ")}` };
  const list = `${containers}/${at}/env`;
  const variables = listAt(object, list) as unknown as Variable[];
  const found = variables.flatMap((one, i) => (one.name === variable ? [i] : []));
  if (found.length === 0) return { pointer: undefined, list };
  if (found.length > 1) return { error: `${variable} is there ${found.length} times: it has to be changed by hand` };
  if (variables[found[0]!]!.valueFrom !== undefined)
    return { error: `${variable} takes its value from elsewhere (valueFrom): change it there` };
  return { pointer: `${list}/${found[0]!}/value`, list };
}

/** A list of maps cannot grow or shrink in place: it is written anew, its other entries as they are. */
function withVariable(
  object: string,
  { variable }: Extract<Part, { kind: "env" }>,
  { list }: At,
  text: string | null,
): { text: string } | Failed {
  const whole = readAt(object, "json", list!);
  if ("value" in whole && "is" in whole.value && whole.value.exact !== undefined)
    return { error: "the variables beside it hold a number that would be lost: it has to be changed by hand" };
  const others = listAt(object, list!).filter((one) => (one as unknown as Variable).name !== variable);
  const after = text === null ? others : [...others, { name: variable, value: text }];
  if (after.length === 0) return replaceAt(object, "json", list!, { absent: true }, false);
  return putAt(object, list!, { is: after });
}

function listAt(object: string, pointer: string): Json[] {
  const read = readAt(object, "json", pointer);
  return "value" in read && "is" in read.value && Array.isArray(read.value.is) ? read.value.is : [];
}

function binary(object: string, part: Part): Failed | undefined {
  if (part.kind !== "data") return undefined;
  const read = readAt(object, "json", `/binaryData/${escapePointer(part.key)}`);
  const isThere = "value" in read && !("absent" in read.value);
  return isThere ? { error: `${part.key} is kept as bytes (binaryData), not as text` } : undefined;
}
