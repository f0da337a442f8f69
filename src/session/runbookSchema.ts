import { didYouMean, exit, UserError } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { wholeProjectSchema } from "../project.ts";
import { runbookSchema } from "../runbook/schema.ts";
import { toJsonSchema, type Explained, type JsonSchema } from "../schema/json.ts";
import { catalogueWords, projectWords, stackWords } from "../schema/jsonProjectWords.ts";
import { testWords } from "../schema/jsonTestWords.ts";
import { runbookWords } from "../schema/jsonWords.ts";
import { testSchema } from "../rehearse/schema.ts";
import { catalogueSchema as modelsSchema } from "../models/facts.ts";
import { catalogueSchema } from "../signals/catalogue.ts";
import { stackSchema } from "../signals/stack.ts";
import { conditionSchema } from "../steps/condition.ts";
import { exactly, loadLists } from "./runbookSchemaExact.ts";
import type { z } from "zod";
import type { World } from "../world/world.ts";
import { loadStack } from "./meter.ts";
import { schemaNames, type SchemaName } from "./runbookSchemaNames.ts";
import { shippedOnly } from "./stacks.ts";

/** Prints the schema of one kind of file. */
export async function printSchema(world: World, name: string): Promise<void> {
  const known = schemaNames.find((one) => one === name);
  if (known === undefined)
    throw new UserError({
      what: `There is no schema of ${JSON.stringify(shorten(name, 40))}${didYouMean(name, schemaNames)}`,
      next: `one of: ${schemaNames.join(", ")}`,
      code: exit.usage,
    });
  const { catalogue } = await loadStack("", shippedOnly(world), world);
  world.terminal.programs(JSON.stringify(await schemaOf(known, [...catalogue.keys()]), null, 2));
}

/** The JSON Schema of one kind of file. `signals`: names for completion; a project may have others. */
export async function schemaOf(name: SchemaName, signals: readonly string[]): Promise<JsonSchema> {
  const { schema, ...more } = schemas[name];
  return toJsonSchema(await schema(), { ...more, exact: exactly(signals, await loadLists()), named });
}

const named = new Map<z.ZodType, string>([[conditionSchema, "condition"]]);

const schemas: Record<
  SchemaName,
  Pick<Explained, "title" | "description" | "words"> & { schema(): z.ZodType | Promise<z.ZodType> }
> = {
  runbook: {
    title: "A runbook of llmops",
    description: "One incident class: evidence to fetch, questions to ask, things to change and check.",
    schema: () => runbookSchema,
    words: runbookWords,
  },
  project: {
    title: "llmops.yaml",
    description: "How llmops reaches this product. All of it is optional; `llmops doctor` says what is missing.",
    schema: wholeProjectSchema,
    words: projectWords,
  },
  signals: {
    title: "A signals file of llmops",
    description: "Which query of one stack answers which signal.",
    schema: () => stackSchema,
    words: stackWords,
  },
  test: {
    title: "Tests of a runbook",
    description: "Scripted evidence, answers and config state, and what must happen then.",
    schema: () => testSchema,
    words: testWords,
  },
  catalogue: {
    title: "The catalogue of signals",
    description: "Every signal, once: label, unit, layer, which direction is bad news.",
    schema: () => catalogueSchema,
    words: catalogueWords,
  },
  models: {
    title: "The catalogue of models",
    description: "What is known of some models, for the check before a model switch.",
    schema: () => modelsSchema,
    words: catalogueWords,
  },
};
