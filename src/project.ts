import { dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import type { Action } from "./actions/action.ts";
import { actionKinds, actionSchema } from "./actions/index.ts";
import type { ChangeLog } from "./changes/change.ts";
import { changeKinds } from "./changes/index.ts";
import { parseDocument, type Finding } from "./document/document.ts";
import { didYouMean, exit, UserError } from "./errors.ts";
import { modelsSchema, routesSchema } from "./models/facts.ts";
import { openProbes, probesSchema, type Probe } from "./probes/index.ts";
import { oneOf } from "./schema/oneOf.ts";
import { checkSchema, durationSchema } from "./schema/schema.ts";
import { healthySchema } from "./signals/healthy.ts";
import { signalSchema } from "./signals/own.ts";
import { pricesSchema } from "./signals/prices.ts";
import { sinkKinds } from "./sinks/index.ts";
import type { Sink } from "./sinks/sink.ts";
import { sourceKinds } from "./sources/index.ts";
import type { Language, Source } from "./sources/source.ts";
import { targetKinds } from "./targets/index.ts";
import { refuseTwice } from "./targets/refuseTwice.ts";
import type { Target } from "./targets/target.ts";
import { dimensions, type Dimension } from "./timeline/scope.ts";
import type { Lever } from "./timeline/setting.ts";
import type { Healthy } from "./timeline/verdict.ts";
import { knowSecrets } from "./world/secretsIn.ts";
import type { World } from "./world/world.ts";

const fileName = "llmops.yaml";

const dimension = z.enum(dimensions);

function isPage(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const threeDaysMs = 3 * 24 * 60 * 60_000;

/** `llmops.yaml`. Everything is optional. */
export const projectSchema = z.strictObject({
  stack: z.string().optional(),
  dimensions: z.partialRecord(dimension, z.string()).default({}),
  sources: z.record(z.string(), oneOf(sourceKinds)).default({}),
  targets: z.record(z.string(), oneOf(targetKinds)).superRefine(refuseTwice).default({}),
  routes: routesSchema.default({}),
  objectives: z.record(z.string(), healthySchema).default({}),
  defaults: z
    .object({ for: durationSchema.optional(), window: durationSchema.optional() })
    .catchall(z.record(z.string(), z.unknown()))
    .default({}),
  actions: z.record(z.string(), actionSchema).default({}),
  timeline: z.string().default(".llmops"),
  runbooks: z.string().optional(),
  signals: z.record(z.string(), signalSchema).default({}),
  prices: pricesSchema.default({}),
  models: modelsSchema.default({}),
  probes: probesSchema.default({}),
  status_pages: z
    .record(z.string(), z.string().refine(isPage, "expected the http:// or https:// address of a status page"))
    .default({}),
  sinks: z.record(z.string(), oneOf(sinkKinds)).default({}),
  changes: z.record(z.string(), oneOf(changeKinds)).default({}),
  samples: z
    .strictObject({
      /** what sampled calls say is put on the timeline, redacted */
      keep_text: z.boolean().default(false),
      /** after it that is erased */
      retention: durationSchema.default(threeDaysMs),
    })
    .default({ keep_text: false, retention: threeDaysMs }),
});
type Config = z.output<typeof projectSchema>;

export interface NamedSource {
  name: string;
  kind: string;
  language: Language;
  open(): Source;
}

export interface NamedTarget {
  name: string;
  kind: string;
  /** told without the network or a secret */
  levers: Lever[];
  open(): Target;
}

/** A record of who changed what. */
export interface NamedChanges {
  name: string;
  kind: string;
  open(): ChangeLog;
}

/** The team's `llmops.yaml`, resolved lazily: nothing is opened and no secret is read before its first use. */
export interface Project {
  /** the file, or undefined where there is none */
  file: string | undefined;
  /** folder that relative paths start from */
  folder: string;
  stack: string | undefined;
  dimensions: Partial<Record<Dimension, string>>;
  sources: NamedSource[];
  targets: NamedTarget[];
  routes: Config["routes"];
  /** what the project says of models, over the shipped catalogue */
  models: Config["models"];
  probes: Probe[];
  /** the names of a dimension that the project file knows */
  names(dimension: Dimension): string[];
  objectives: Record<string, Healthy>;
  defaultForMs: number | undefined;
  windowMs: number;
  defaults(mitigation: string): Record<string, unknown>;
  actions: Record<string, Action>;
  /** overrides and additions to the stack's signals */
  signals: Config["signals"];
  /** the providers' own pages, by name */
  statusPages: Readonly<Record<string, string>>;
  /** US dollars for a million tokens, by model: cost is estimated where the stack tells none */
  prices: Config["prices"];
  /** absolute */
  timelineFolder: string;
  /** absolute, the team's before ours */
  runbookFolders: string[];
  /** whether the text of sampled calls is kept, and for how long */
  samples: { keepText: boolean; retentionMs: number };
  /** where our own metrics go */
  sinks: { name: string; open(): Sink }[];
  changes: NamedChanges[];
  close(): Promise<void>;
}

/** Finds the project file from the working directory upwards; a team without one gets an empty project. */
export async function openProject(world: World): Promise<Project> {
  const found = await findUpwards(world, world.cwd);
  if (found === undefined) return projectOf(world, projectSchema.parse({}), undefined, world.cwd);
  const { config, findings } = parseProject((await world.files.read(found)) ?? "", found);
  if (config === undefined) throw broken(findings);
  return projectOf(world, config, found, dirname(found));
}

export function parseProject(text: string, file: string): { config?: Config; findings: Finding[] } {
  const { document, findings } = parseDocument(text, file);
  if (document === undefined) return { findings };
  const empty = document.value === null ? { ...document, value: {} } : document;
  const checked = checkSchema(projectSchema, empty, "project");
  return checked.value === undefined ? { findings: checked.findings } : { config: checked.value, findings: [] };
}

function broken(findings: Finding[]): UserError {
  const [what = "", ...details] = findings.map((f) => `${f.file}:${f.at.line}:${f.at.column}: ${f.message}`);
  return new UserError({ what, details, next: findings[0]?.next ?? `mend ${fileName}`, code: exit.usage });
}

async function findUpwards(world: World, folder: string): Promise<string | undefined> {
  const candidate = join(folder, fileName);
  if (await world.files.exists(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : findUpwards(world, parent);
}

function projectOf(world: World, config: Config, file: string | undefined, folder: string): Project {
  knowSecrets([config.sources, config.targets, config.actions, config.sinks, config.changes, config.probes], world);
  const at = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  const sources = Object.entries(config.sources).map(([name, { kind, settings }]) => {
    const sourceKind = sourceKinds.find((k) => k.kind === kind)!;
    return {
      name,
      kind,
      language: sourceKind.language,
      open: once(() => sourceKind.open(settings as never, world, folder)),
    };
  });
  const targets = Object.entries(config.targets).map(([name, { kind, settings }]) => {
    const targetKind = targetKinds.find((k) => k.kind === kind)!;
    return {
      name,
      kind,
      levers: targetKind.levers(settings as never),
      open: once(() => targetKind.open(settings as never, world, folder)),
    };
  });
  return {
    file,
    folder,
    stack: config.stack,
    dimensions: config.dimensions,
    sources,
    targets,
    routes: config.routes,
    models: config.models,
    probes: openProbes(config.probes, world, folder),
    names: (dimension) => namesIn(config, dimension),
    objectives: config.objectives,
    defaultForMs: config.defaults.for,
    windowMs: config.defaults.window ?? 5 * 60_000,
    defaults: (mitigation) => config.defaults[mitigation] ?? {},
    actions: Object.fromEntries(
      Object.entries(config.actions).map(([name, { kind, settings }]) => {
        return [name, actionKinds.find((k) => k.kind === kind)!.open(settings, world, folder)];
      }),
    ),
    signals: config.signals,
    prices: config.prices,
    statusPages: config.status_pages,
    timelineFolder: at(config.timeline),
    runbookFolders: [...(config.runbooks === undefined ? [] : [at(config.runbooks)]), join(world.home, "runbooks")],
    samples: { keepText: config.samples.keep_text, retentionMs: config.samples.retention },
    sinks: Object.entries(config.sinks).map(([name, { kind, settings }]) => ({
      name,
      open: once(() => sinkKinds.find((k) => k.kind === kind)!.open(settings as never, world, folder)),
    })),
    changes: Object.entries(config.changes).map(([name, { kind, settings }]) => ({
      name,
      kind,
      open: once(() => changeKinds.find((k) => k.kind === kind)!.open(settings as never, world, folder)),
    })),
    async close() {
      await Promise.all(sources.map(async ({ open }) => open.made?.close()));
    },
  };
}

function namesIn({ routes, models, defaults }: Config, dimension: Dimension): string[] {
  if (dimension === "route") return Object.keys(routes);
  if (dimension !== "model") return [];
  const preset = Object.values(defaults).map((given) => (typeof given === "object" ? given["model"] : undefined));
  const named = Object.entries(models).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  return [...named, ...preset.filter((name) => typeof name === "string")];
}

/** A source by name. */
export function findSource(project: Project, name: string): NamedSource {
  const names = project.sources.map((s) => s.name);
  const source = project.sources.find((s) => s.name === name);
  if (source === undefined)
    throw new UserError({
      what: `The project has no source ${JSON.stringify(name)}${didYouMean(name, names)}`,
      next: names.length === 0 ? `add one under sources: in ${fileName}` : `one of: ${names.join(", ")}`,
      code: exit.usage,
    });
  return source;
}

function once<T>(make: () => T): { (): T; made?: T } {
  const lazy: { (): T; made?: T } = () => (lazy.made ??= make());
  return lazy;
}
