import { dirname, isAbsolute, join } from "node:path";
import type { Action } from "./actions/action.ts";
import type { ChangeLog } from "./changes/change.ts";
import type { Finding } from "./document/document.ts";
import { didYouMean, exit, UserError } from "./errors.ts";
import { openProbes, type Probe } from "./probes/index.ts";
import { emptyConfig, parseProject, type Config } from "./projectFile.ts";
import type { Sink } from "./sinks/sink.ts";
import type { Language, Source } from "./sources/source.ts";
import type { Target } from "./targets/target.ts";
import type { Dimension } from "./timeline/scope.ts";
import type { Lever } from "./timeline/setting.ts";
import type { Healthy } from "./timeline/verdict.ts";
import { knowSecrets } from "./world/secretsIn.ts";
import type { World } from "./world/world.ts";

export { parseProject, readProject, wholeProjectSchema } from "./projectFile.ts";

const fileName = "llmops.yaml";

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
  /** of its kind: what whoever relies on it must know first */
  caveat?: string;
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
  const found = await findProjectFile(world, world.cwd);
  if (found === undefined) return projectOf(world, await emptyConfig(), undefined, world.cwd);
  const { config, findings } = await parseProject((await world.files.read(found)) ?? "", found);
  if (config === undefined) throw broken(findings);
  return projectOf(world, config, found, dirname(found));
}

function broken(findings: Finding[]): UserError {
  const [what = "", ...details] = findings.map((f) => `${f.file}:${f.at.line}:${f.at.column}: ${f.message}`);
  return new UserError({ what, details, next: findings[0]?.next ?? `mend ${fileName}`, code: exit.usage });
}

/** The project file of a folder: the nearest one, upwards. */
export async function findProjectFile(world: Pick<World, "files">, folder: string): Promise<string | undefined> {
  const candidate = join(folder, fileName);
  if (await world.files.exists(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : findProjectFile(world, parent);
}

async function projectOf(world: World, config: Config, file: string | undefined, folder: string): Promise<Project> {
  const sections = [config.sources, config.targets, config.actions, config.sinks, config.changes];
  knowSecrets([...sections.flatMap(settingsIn), config.probes], world);
  const at = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  const sources = Object.entries(config.sources).map(([name, { kind, settings, of }]) => ({
    name,
    kind,
    language: of.language,
    open: once(() => of.open(settings, world, folder)),
  }));
  const targets = Object.entries(config.targets).map(([name, { kind, settings, of }]) => ({
    name,
    kind,
    levers: of.levers(settings),
    ...(of.caveat === undefined ? {} : { caveat: of.caveat }),
    open: once(() => of.open(settings, world, folder)),
  }));
  return {
    file,
    folder,
    stack: config.stack,
    dimensions: config.dimensions,
    sources,
    targets,
    routes: config.routes,
    models: config.models,
    probes: await openProbes(config.probes, world, folder),
    names: (dimension) => namesIn(config, dimension),
    objectives: config.objectives,
    defaultForMs: config.defaults.for,
    windowMs: config.defaults.window ?? 5 * 60_000,
    defaults: (mitigation) => config.defaults[mitigation] ?? {},
    actions: Object.fromEntries(
      Object.entries(config.actions).map(([name, { settings, of }]) => [name, of.open(settings, world, folder)]),
    ),
    signals: config.signals,
    prices: config.prices,
    statusPages: config.status_pages,
    timelineFolder: at(config.timeline),
    runbookFolders: [...(config.runbooks === undefined ? [] : [at(config.runbooks)]), join(world.home, "runbooks")],
    samples: { keepText: config.samples.keep_text, retentionMs: config.samples.retention },
    sinks: Object.entries(config.sinks).map(([name, { settings, of }]) => ({
      name,
      open: once(() => of.open(settings, world, folder)),
    })),
    changes: Object.entries(config.changes).map(([name, { kind, settings, of }]) => ({
      name,
      kind,
      open: once(() => of.open(settings, world, folder)),
    })),
    async close() {
      await Promise.all(sources.map(async ({ open }) => open.made?.close()));
    },
  };
}

function settingsIn(section: Record<string, { settings: unknown }>): unknown[] {
  return Object.values(section).map(({ settings }) => settings);
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
