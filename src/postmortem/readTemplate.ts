import { basename, join } from "node:path";
import { exit, UserError } from "../errors.ts";
import type { World } from "../world/world.ts";
import type { PostmortemOptions } from "./render.ts";

/** The shipped template, or the one at `path` (absolute). */
export async function readTemplate(
  { files, home }: Pick<World, "files" | "home">,
  path = join(home, "templates", "postmortem.md.hbs"),
): Promise<Required<Pick<PostmortemOptions, "template" | "name">>> {
  const template = await files.read(path, 1024 * 1024);
  if (template === undefined)
    throw new UserError({
      what: `There is no template ${path}.`,
      next: "leave --template out to use the shipped one",
      code: exit.usage,
    });
  return { template, name: basename(path) };
}
