import { actionKinds } from "../actions/index.ts";
import { changeKinds } from "../changes/index.ts";
import { mitigations } from "../mitigations/index.ts";
import { dateSchema, severitySchema } from "../runbook/schema.ts";
import { toJsonSchema, type Explained, type JsonSchema } from "../schema/json.ts";
import { parameterWords } from "../schema/jsonWords.ts";
import { loadAll } from "../schema/oneOf.ts";
import { durationSchema } from "../schema/schema.ts";
import { evidenceAsks } from "../signals/evidence.ts";
import { boundSchema, factorSchema } from "../signals/healthy.ts";
import { sinkKinds } from "../sinks/index.ts";
import { sourceKinds } from "../sources/index.ts";
import { idSchema } from "../steps/choices.ts";
import { stepKinds } from "../steps/index.ts";
import { targetKinds } from "../targets/index.ts";
import { settings } from "../timeline/setting.ts";

/** What stands behind the transforms and checks of our schemas, where JSON Schema can say it. `lists`: `loadLists`. */
export function exactly(signals: readonly string[], lists: readonly Kinds[] = []): Explained["exact"] {
  return (schema, json) => {
    const text = texts.get(schema);
    if (text !== undefined) return text;
    const keys = Object.keys(json.properties ?? {});
    const has = (...wanted: string[]) => wanted.every((key) => keys.includes(key));
    if (has("title", "when", "mitigate")) return described(json, stepKinds, { oneOf: stepKinds.map(needing) });
    if (has("promql", "changes")) return evidence(json, signals);
    if (has("z", "is", "change"))
      return { not: { anyOf: [both("is", "z"), both("is", "change"), both("z", "change")] } };
    if (has("choices", "pick")) return question(json);
    if (has("do", "verify")) return mitigate(json);
    if (has("setting")) return setting(json);
    if (keys.length === 1 && has("any")) return { minProperties: 1 };
    const kinds = lists.find((list) => list.length === keys.length && list.every(({ kind }) => keys.includes(kind)));
    return kinds === undefined ? undefined : described(json, kinds, { minProperties: 1, maxProperties: 1 });
  };
}

const number = String.raw`\$?[+-]?\d+(\.\d+)?([eE][+-]?\d+)?`;
const texts = new Map<unknown, JsonSchema>([
  [durationSchema, { pattern: "^(?=.*[1-9])([0-9]+(ms|[smhdw]))+$", examples: ["5m", "30m", "1h30m", "24h"] }],
  [severitySchema, { pattern: "^([sS][eE][vV]|[pP])[1-4]$", examples: ["SEV1", "SEV2", "SEV3", "SEV4"] }],
  [
    boundSchema,
    { pattern: String.raw`^\s*([<>]=?|[=!]=)\s*${number}\s*(%|[mM]?[sS])?\s*$`, examples: ["< 2%", "< 20", ">= 0.7"] },
  ],
  [factorSchema, { pattern: String.raw`^\s*([<>]=?|[=!]=)\s*${number}\s*[xX]\s*$`, examples: ["< 1.5x"] }],
  [dateSchema, { pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", format: "date" }],
  [idSchema, { not: { enum: ["any", "skipped"] } }],
]);

type Kinds = readonly { kind: string; summary: string }[];

/** The kinds of each section of a project file. */
export async function loadLists(): Promise<Kinds[]> {
  const all = [sourceKinds, targetKinds, sinkKinds, changeKinds, actionKinds].map((kinds) => loadAll<Kinds[0]>(kinds));
  return (await Promise.all(all)).map(({ kinds }) => [...kinds.values()]);
}

/** Each kind says what it is. */
function described(json: JsonSchema, kinds: Kinds, more: JsonSchema): JsonSchema {
  const properties = { ...json.properties };
  for (const { kind, summary } of kinds) properties[kind] = { description: sentence(summary), ...properties[kind] };
  return { ...more, properties };
}

function evidence(json: JsonSchema, signals: readonly string[]): JsonSchema {
  const { signal, ...properties } = json.properties!;
  return {
    properties: { signal: { ...signal, examples: signals }, ...properties },
    oneOf: evidenceAsks.map((kind) => needing({ kind })),
    dependencies: { changes: { properties: { by: false, healthy: false, window: false } } },
  };
}

function question(json: JsonSchema): JsonSchema {
  const properties = { ...json.properties, choices: { ...json.properties!["choices"], minProperties: 2 } };
  const pick = { required: ["pick"], not: { required: ["hint"] } };
  return { properties, oneOf: [{ required: ["choices"] }, pick] };
}

/** What `with` takes depends on `do`; nothing in it is required, the rest comes from the project or is asked. */
function mitigate(json: JsonSchema): JsonSchema {
  const known = mitigations.map(({ kind, summary }) => ({ const: kind, description: sentence(summary) }));
  const properties = { ...json.properties, do: { oneOf: known } };
  const allOf = mitigations.map(({ kind, summary, schema }) => {
    const exact = exactly([]);
    const explained = { title: kind, description: sentence(summary), words: parameterWords, exact };
    const { $schema: _, required: __, ...parameters } = toJsonSchema(schema, explained);
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    return { if: { properties: { do: { const: kind } } }, then: { properties: { with: parameters } } };
  });
  return { properties, allOf };
}

function setting(json: JsonSchema): JsonSchema {
  const known = { anyOf: [{ enum: settings }, { pattern: String.raw`^tools\..+` }], type: "string" };
  return { properties: { ...json.properties, setting: known } };
}

function needing({ kind }: { kind: string }): JsonSchema {
  return { required: [kind] };
}

function both(one: string, other: string): JsonSchema {
  return { required: [one, other] };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
