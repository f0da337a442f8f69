import { relative } from "node:path";
import { linesToAdd, type Written } from "../audit/add.ts";
import { audit, lacksOf, severityOf, type Lack, type Need, type Row } from "../audit/audit.ts";
import { parseDocument, type Document, type Finding } from "../document/document.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject, type Project } from "../project.ts";
import { showAudit } from "../show/audit.ts";
import { renderFindings } from "../show/findings.ts";
import { tell } from "../show/tell.ts";
import { atMost } from "../world/turns.ts";
import type { World } from "../world/world.ts";
import { onStdout } from "./stdout.ts";

/** `llmops mitigation audit`: what could not be done about a route at night. `read`: also whether the addresses are there. */
export async function auditProject(world: World, asked: { format: string; read: boolean }): Promise<ExitCode> {
  const project = await openProject(world);
  try {
    const document = await documentOf(project, world);
    if (document === undefined || Object.keys(project.routes).length === 0) throw noRoutes(project);
    const offered = project.targets.flatMap(({ name, levers }) => levers.map((lever) => ({ target: name, lever })));
    const rows = audit(project.routes, offered);
    const missing = lacksOf(rows);
    const lacks = [...missing, ...(asked.read ? await readAll(rows, project) : [])];
    // what cannot be read is written there already
    const add = linesToAdd(missing, writtenIn(document));
    world.interrupted.throwIfAborted();
    const report = render(asked.format, rows, lacks, add, document, world);
    if (report !== "") world.terminal.programs(report);
    const count = (severity: Lack["severity"]) => lacks.filter((lack) => lack.severity === severity).length;
    const errors = count("error");
    tell(world.terminal, `${say(rows.length, "route")}, ${say(errors, "error")}, ${say(count("warning"), "warning")}`);
    return errors > 0 ? exit.findings : exit.done;
  } finally {
    await project.close();
  }
}

function say(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}

async function documentOf({ file }: Project, { files, cwd }: World): Promise<Document | undefined> {
  const text = file === undefined ? undefined : await files.read(file);
  if (file === undefined || text === undefined) return undefined;
  const name = relative(cwd, file);
  return parseDocument(text, name.startsWith("..") ? file : name).document;
}

function noRoutes({ file }: Project): UserError {
  return new UserError({
    what: `${file === undefined ? "There is no llmops.yaml here" : "llmops.yaml names no routes"}: nothing can be audited.`,
    details: ["routes:", "  support.reply: { criticality: 1, owner: support, fallback: rules }"],
    next: `${file === undefined ? "llmops init, then " : ""}add each route of your product under routes:, then again`,
    code: exit.usage,
  });
}

/** Targets as they are written, whatever their kind makes of it. */
function writtenIn({ value }: Document): Written[] {
  const { targets = {} } = (value ?? {}) as { targets?: Record<string, Record<string, { levers?: object }>> };
  return Object.entries(targets).flatMap(([name, of]) =>
    Object.entries(of).map(([kind, settings]) => ({
      name,
      kind,
      levers: (settings?.levers ?? {}) as Written["levers"],
    })),
  );
}

function render(
  format: string,
  rows: readonly Row[],
  lacks: readonly Lack[],
  add: readonly string[],
  document: Document,
  world: World,
): string {
  if (format === "text") return showAudit(rows, lacks, add, onStdout(world)).join("\n");
  const findings = lacks.map((lack) => findingOf(lack, document));
  if (format === "github") return renderFindings({ findings, texts: new Map() }, "github");
  const routes = rows.map(({ route, criticality, met }) => ({
    route,
    criticality: criticality ?? null,
    met: Object.fromEntries(Object.entries(met).map(([need, { is, by }]) => [need, { is, by: by ?? null }])),
  }));
  const flat = findings.map(({ at, ...rest }) => ({ ...rest, ...at }));
  return harmlessJson({ checked: document.file, routes, findings: flat, add });
}

function findingOf({ route, need, severity, what }: Lack, document: Document): Finding {
  const place = document.at(["routes", route], true);
  const rule = `audit/${need.replaceAll(" ", "-")}`;
  return { file: document.file, ...place, rule, severity, message: `${route}: ${need}: ${what}` };
}

/** Whether the address of every lever that counts is there for each route. Only reads. */
async function readAll(rows: readonly Row[], project: Project): Promise<Lack[]> {
  const inTurn = atMost(20);
  const asked = rows.flatMap((row) =>
    (["kill switch", "cap", "fallback"] as const).map((need) => inTurn(() => readOne(row, need, project))),
  );
  return (await Promise.all(asked)).flat();
}

async function readOne(row: Row, need: Need, project: Project): Promise<Lack[]> {
  const { is, offered, by } = row.met[need];
  // an address that needs more than the route is none that can be read beforehand
  if (is !== "yes" || offered === undefined || offered.lever.scope.some((dimension) => dimension !== "route"))
    return [];
  const { route } = row;
  try {
    const target = project.targets.find(({ name }) => name === offered.target)!.open();
    const read = await target.read(offered.lever.setting, { route });
    if (!("error" in read)) return [];
    const near = (read.nearest ?? []).length === 0 ? "" : `; there are: ${read.nearest!.join(", ")}`;
    return read.missing === true
      ? [{ route, need, severity: severityOf(need, row), what: `${by} points at nothing: ${read.error}${near}` }]
      : [{ route, need, severity: "warning", what: `${by} could not be read: ${read.error}` }];
  } catch (thrown) {
    // a secret that cannot be had
    if (!(thrown instanceof UserError)) throw thrown;
    return [{ route, need, severity: "warning", what: `${by} could not be read: ${thrown.what}` }];
  }
}
