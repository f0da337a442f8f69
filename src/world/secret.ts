import { basename, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { World } from "./world.ts";

/** How `llmops.yaml` writes a text that may be secret. A plain text is allowed for what is none. */
export type Secret = string | { env: string } | { file: string } | { command: [string, ...string[]] };

export const secretSchema: z.ZodType<Secret> = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ command: z.tuple([z.string().min(1)], z.string()) }),
]);

/** Where somebody who has to renew it finds it: "environment variable CONFIG_TOKEN". */
export function placeOf(secret: Secret): string {
  if (typeof secret === "string") return "llmops.yaml itself";
  if ("env" in secret) return `environment variable ${harmless(secret.env)}`;
  return "file" in secret ? `file ${harmless(secret.file)}` : `what command ${harmless(secret.command[0])} prints`;
}

/** What stands instead of it: "[secret CONFIG_TOKEN]". */
function nameOf(secret: Exclude<Secret, string>): string {
  return harmless("env" in secret ? secret.env : basename("file" in secret ? secret.file : secret.command[0]));
}

const commandMs = 10_000;

/**
 * The text itself, asked for when it is first needed. Relative files and programs are read against `folder`. Line breaks
 * at the end are dropped. What cannot be had is a UserError that names the place and never the text. From then on the text
 * leaves neither for the screen nor for the timeline.
 */
export async function resolveSecret(secret: Secret, world: World, folder: string): Promise<string> {
  if (typeof secret === "string") return secret;
  const text =
    "env" in secret
      ? fromEnv(secret.env, world)
      : "file" in secret
        ? await fromFile(resolve(folder, secret.file), world)
        : await fromCommand(secret.command, world, folder);
  const [where, value] = [text.where, text.value.replace(/[\r\n]+$/, "")];
  if (value === "") throw new UserError({ what: `a secret is needed, but ${where} is empty`, next: text.next });
  // A line break or NUL inside could end a header early and smuggle in another.
  // oxlint-disable-next-line no-control-regex
  if (/[\r\n\0]/.test(value))
    throw new UserError({ what: `a secret must be one line, but ${where} holds several`, next: text.next });
  world.secrets.add(value, nameOf(secret));
  return value;
}

interface Found {
  value: string;
  /** "environment variable CONFIG_TOKEN" */
  where: string;
  next: string;
}

function fromEnv(name: string, world: World): Found {
  const said = harmless(name);
  const value = world.env[name];
  const next = `export ${said}=…, then run it again`;
  if (value === undefined)
    throw new UserError({ what: `a secret is needed, but environment variable ${said} is not set`, next });
  return { value, where: `environment variable ${said}`, next };
}

async function fromFile(path: string, world: World): Promise<Found> {
  const said = harmless(path);
  const next = `write the secret into ${said}, readable by you alone`;
  const value = await world.files.read(path, 64 * 1024);
  if (value === undefined) throw new UserError({ what: `a secret is needed, but there is no file ${said}`, next });
  return { value, where: `file ${said}`, next };
}

/** What the program printed stays out of the error: it may be half of a secret. */
async function fromCommand(argv: [string, ...string[]], world: World, folder: string): Promise<Found> {
  const said = harmless(argv[0]);
  const next = `run the command by hand in ${harmless(folder)} and see what it says`;
  const { code, stdout, failed } = await world.exec(argv, { cwd: folder, timeoutMs: commandMs });
  if (failed !== undefined)
    throw new UserError({ what: `a secret is needed, but its command failed: ${failed}`, next });
  if (code !== 0)
    throw new UserError({ what: `a secret is needed, but its command ${said} ended with exit code ${code}`, next });
  return { value: stdout, where: `what command ${said} printed`, next };
}
