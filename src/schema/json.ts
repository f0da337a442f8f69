import { z } from "zod";

/** A JSON Schema of draft 7, which editors understand best. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
  $ref?: string;
}

/** What a schema alone does not tell those who write a file. */
export interface Explained {
  title: string;
  description: string;
  /** end of a path ("mitigate.for", "levers.*.at") → what stands there; the longest that fits counts */
  words: Readonly<Record<string, string>>;
  /** what a schema accepts behind its transforms and checks: put into what zod makes of it */
  exact(schema: unknown, json: JsonSchema): JsonSchema | undefined;
  /** names of what refers to itself, so that it can be read */
  named?: ReadonlyMap<z.ZodType, string>;
}

/** For completion, hover and validation in an editor: of a file as it is written, not as it is read. */
export function toJsonSchema(schema: z.ZodType, { title, description, words, exact, named }: Explained): JsonSchema {
  const names = z.registry<{ id: string }>();
  for (const [one, id] of named ?? []) names.add(one, { id });
  const made = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-07",
    unrepresentable: "any",
    metadata: names,
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, exact(zodSchema, jsonSchema as JsonSchema)),
  }) as JsonSchema;
  const { $schema, definitions = {}, ...rest } = made;
  const known = Object.entries(definitions).filter(([name]) => !isAnyJson(name));
  const whole = { $schema, title, description, ...rest };
  for (const [name, one] of known) explain(one, name, words);
  explain(whole, "", words);
  return known.length === 0 ? whole : { ...whole, definitions: Object.fromEntries(known) };
}

function explain(node: JsonSchema, path: string, words: Explained["words"]): void {
  tidy(node);
  for (const [key, one] of Object.entries(node.properties ?? {})) {
    const below = path === "" ? key : `${path}.${key}`;
    explain(one, below, words);
    const said = wordsFor(below, words);
    if (said !== undefined && node.properties !== undefined) node.properties[key] = { description: said, ...one };
  }
  if (typeof node.additionalProperties === "object")
    explain(node.additionalProperties, path === "" ? "*" : `${path}.*`, words);
  if (node.items !== undefined) explain(node.items, `${path}[]`, words);
  for (const one of [...(node.anyOf ?? []), ...(node.allOf ?? [])]) explain(one, path, words);
}

function wordsFor(path: string, words: Explained["words"]): string | undefined {
  const parts = path.split(".");
  const from = parts.findIndex((_, index) => Object.hasOwn(words, parts.slice(index).join(".")));
  return from === -1 ? undefined : words[parts.slice(from).join(".")];
}

/** What is true of the value that is read and not of the text that is written, and what says nothing. */
function tidy(node: JsonSchema): void {
  if (typeof node.default === "object" || (node.default !== undefined && typeof node.default !== typeOf(node)))
    delete node.default;
  for (const limit of ["minimum", "maximum"])
    if (Math.abs(Number(node[limit])) === Number.MAX_SAFE_INTEGER) delete node[limit];
  if (node.$ref !== undefined && isAnyJson(node.$ref.split("/").at(-1)!)) delete node.$ref;
}

function typeOf({ type }: JsonSchema): string | undefined {
  return type === "integer" ? "number" : type;
}

/** zod's name of what has none: of our schemas only "any JSON" refers to itself without one. */
function isAnyJson(name: string): boolean {
  return name.startsWith("__schema");
}
