import { z } from "zod";
import { actionKinds, actionSchema } from "./actions/index.ts";
import { changeKinds } from "./changes/index.ts";
import { parseDocument, type Document, type Finding } from "./document/document.ts";
import { loadAll, loadNamed, oneOf, type Kinds, type Loaded } from "./schema/oneOf.ts";
import { checkSchema, durationSchema, valueAt } from "./schema/schema.ts";
import { sinkKinds } from "./sinks/index.ts";
import { sourceKinds } from "./sources/index.ts";
import { targetKinds } from "./targets/index.ts";
import { refuseTwice } from "./targets/refuseTwice.ts";
import { dimensions } from "./timeline/scope.ts";

function isPage(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const threeDaysMs = 3 * 24 * 60 * 60_000;

/**
 * The schema of a section, by its name; without that section it is `{}`. `make` is asked only where somebody needs to know
 * what may stand there, and loads kinds only as far as they are needed: a start pays for what the project names.
 */
type Section = <S extends z.ZodType>(
  name: string,
  make: (load: <K>(kinds: Kinds<K>) => Promise<Loaded<K>>) => Promise<S>,
) => Promise<z.ZodDefault<S>>;

/** `llmops.yaml`. Everything is optional. */
async function schemaOf(section: Section) {
  return z.strictObject({
    stack: z.string().optional(),
    dimensions: z.partialRecord(z.enum(dimensions), z.string()).default({}),
    sources: await section("sources", async (load) => z.record(z.string(), oneOf(await load(sourceKinds)))),
    targets: await section("targets", async (load) =>
      z.record(z.string(), oneOf(await load(targetKinds))).superRefine(refuseTwice),
    ),
    routes: await section("routes", async () => (await import("./models/facts.ts")).routesSchema),
    objectives: await section("objectives", async () =>
      z.record(z.string(), (await import("./signals/healthy.ts")).healthySchema),
    ),
    defaults: z
      .object({ for: durationSchema.optional(), window: durationSchema.optional() })
      .catchall(z.record(z.string(), z.unknown()))
      .default({}),
    actions: await section("actions", async (load) => z.record(z.string(), actionSchema(await load(actionKinds)))),
    timeline: z.string().default(".llmops"),
    runbooks: z.string().optional(),
    signals: await section("signals", async () =>
      z.record(z.string(), (await import("./signals/own.ts")).signalSchema),
    ),
    prices: await section("prices", async () => (await import("./signals/prices.ts")).pricesSchema),
    models: await section("models", async () => (await import("./models/facts.ts")).modelsSchema),
    probes: await section("probes", async () => (await import("./probes/schema.ts")).probesSchema),
    status_pages: z
      .record(z.string(), z.string().refine(isPage, "expected the http:// or https:// address of a status page"))
      .default({}),
    sinks: await section("sinks", async (load) => z.record(z.string(), oneOf(await load(sinkKinds)))),
    changes: await section("changes", async (load) => z.record(z.string(), oneOf(await load(changeKinds)))),
    samples: z
      .strictObject({
        /** what sampled calls say is put on the timeline, redacted */
        keep_text: z.boolean().default(false),
        /** after it that is erased */
        retention: durationSchema.default(threeDaysMs),
      })
      .default({ keep_text: false, retention: threeDaysMs }),
  });
}

export type Config = z.output<Awaited<ReturnType<typeof schemaOf>>>;

/** With everything in it, for who tells what may be written: a JSON Schema, the documentation. */
export function wholeProjectSchema() {
  return schemaOf(async (_, make) => z._default(await make(loadAll), {} as never));
}

/** As far as it takes to read this. */
function schemaFor(given: unknown) {
  return schemaOf(async (name, make) => {
    const there = valueAt(given, [name]);
    const schema = there === undefined ? unread : await make((kinds) => loadNamed(kinds, there));
    return z._default(schema as Awaited<ReturnType<typeof make>>, {} as never);
  });
}

/** of a section that is not there */
const unread = z.unknown();

/** What a project without a file says. */
export async function emptyConfig(): Promise<Config> {
  return (await schemaFor({})).parse({});
}

export async function parseProject(text: string, file: string): Promise<{ config?: Config; findings: Finding[] }> {
  const { document, findings } = parseDocument(text, file);
  return document === undefined ? { findings } : readProject(document);
}

/** The project that a YAML text is. */
export async function readProject(document: Document): Promise<{ config?: Config; findings: Finding[] }> {
  const given = document.value === null ? { ...document, value: {} } : document;
  const { value: config, findings } = checkSchema(await schemaFor(given.value), given, "project");
  return config === undefined ? { findings } : { config, findings: [] };
}
