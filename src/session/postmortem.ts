import { resolve } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { readTemplate } from "../postmortem/readTemplate.ts";
import { renderPostmortem } from "../postmortem/render.ts";
import { openProject } from "../project.ts";
import { parseRunbook } from "../runbook/parse.ts";
import { tell } from "../show/tell.ts";
import { digestOf } from "../timeline/chain.ts";
import type { Incident } from "../timeline/incident.ts";
import { ascii } from "../world/ascii.ts";
import type { World } from "../world/world.ts";
import { chooseIncident, openStore, readIncident } from "./ledger.ts";

export interface Writing {
  incident?: string | undefined;
  template?: string | undefined;
  output?: string | undefined;
  json: boolean;
}

/** `llmops postmortem`: to stdout, or to a file that nobody has edited since we wrote it. */
export async function writePostmortem(world: World, asked: Writing): Promise<ExitCode> {
  const store = openStore(world, await openProject(world));
  const incident = await readIncident(store, await chooseIncident(asked.incident, store, world, "too"));
  const { markdown, blanks, full, parts } = await render(world, incident, asked.template);
  if (asked.output !== undefined) await writeUnedited(world, asked.output, markdown);
  if (asked.json)
    world.terminal.programs(
      harmlessJson({
        incident: incident.id,
        full,
        parts,
        blanks,
        output: asked.output ?? null,
        ...(asked.output === undefined ? { markdown } : {}),
      }),
    );
  else if (asked.output === undefined) world.terminal.programs(spell(markdown.trimEnd(), world));
  if (asked.output !== undefined)
    tell(world.terminal, `${asked.output}: ${full} of ${parts} parts are full; ${blanks.length} need a person.`);
  return exit.done;
}

/** A file is always UTF-8; a screen may not be. */
function spell(markdown: string, { terminal }: World): string {
  return terminal.unicode ? markdown : markdown.split("\n").map(ascii).join("\n");
}

/** The postmortem of an incident with our template, or one of the team's. */
export async function render(world: World, incident: Incident, templateFile?: string) {
  const template = await readTemplate(world, templateFile === undefined ? undefined : resolve(world.cwd, templateFile));
  return renderPostmortem(incident, { ...template, followUps: followUpsOf(incident) });
}

/** Writes the file, unless a person has edited it since: the last line of ours carries the digest of the rest. */
export async function writeUnedited(world: World, file: string, markdown: string): Promise<void> {
  const path = resolve(world.cwd, file);
  const known = await world.files.read(path);
  if (known !== undefined && !isUnedited(known))
    throw new UserError({
      what: `${file} was edited since it was written, or is not ours: it stays as it is.`,
      next: "write to another file with -o, and take over what you need",
      code: exit.conflict,
    });
  const text = `${markdown.trimEnd()}\n`;
  await world.files.replace(path, `${text}\n<!-- llmops ${digestOf(text)} -->\n`);
}

function isUnedited(text: string): boolean {
  const match = /^([\s\S]*\n)\n<!-- llmops ([0-9a-f]{64}) -->\n$/.exec(text);
  return match !== null && digestOf(match[1]!) === match[2];
}

/** What the walked runbooks suggest to do afterwards. */
function followUpsOf(incident: Incident): string[] {
  const walked = new Set([...incident.walked.values()].map(({ runbook }) => runbook));
  if (incident.firstRunbook !== undefined) walked.add(incident.firstRunbook);
  return [...walked].flatMap((id) => {
    const pinned = incident.pinned.get(id);
    return pinned === undefined ? [] : (parseRunbook(pinned.text, pinned.origin).runbook?.followUps ?? []);
  });
}
