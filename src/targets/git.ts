import { extname, normalize, resolve } from "node:path";
import { z } from "zod";
import type { Format } from "../document/edit.ts";
import { durationSchema } from "../schema/schema.ts";
import { openGit } from "../world/git.ts";
import { openGitStore } from "./gitStore.ts";
import { addressesOf, leversOf, pointerLeversSchema } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import type { TargetKind } from "./target.ts";

const formats: Record<string, Format> = { ".yaml": "yaml", ".yml": "yaml", ".json": "json" };

const longestMs = 10_000;

/** What begins with "-" git would take for an option; the rest would have to be quoted in the commands that we tell. */
const name = z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_./+@=-]*$/u, "needs a name of letters, digits and ._/+@=-");

const settings = z.strictObject({
  /** a clone on this machine, relative to the project file; its work tree, index and branches are never touched */
  path: z.string().min(1),
  remote: name.default("origin"),
  /** as the remote calls it */
  branch: name,
  /** from the top of the repository */
  file: z
    .string()
    .refine((file) => formats[extname(file)] !== undefined, { message: "needs a .yaml, .yml or .json file" })
    .refine(isInside, { message: "needs a path from the top of the repository, like config/gateway.yaml" }),
  /** until what is pushed is in production: how often Argo CD or Flux looks, and a rollout */
  settles: durationSchema.default(0),
  /** of one talk with the remote */
  deadline: durationSchema.refine((ms) => ms <= longestMs, { message: "needs at most 10s" }).default(longestMs),
  levers: pointerLeversSchema,
});
type Settings = z.output<typeof settings>;

/** A push that is no fast-forward is refused by the remote: that is the condition of every write. */
const conditional = true;

export const git: TargetKind<Settings> = {
  kind: "git",
  summary: "a YAML or JSON file on a branch of a git remote: one commit, one push, your work tree is not touched",
  schema: settings,
  example: [
    "path: ../gateway-config",
    "branch: main",
    "file: routes/production.yaml",
    "settles: 4m",
    "levers:",
    "  enabled: /routes/{route}/enabled",
    '  blocked: { at: /blocked_users, member: "{user}" }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(set.levers, { conditional, settles: set.settles }),
  addresses: ({ levers, path, remote, branch, file }) =>
    addressesOf(levers, JSON.stringify([normalize(path), remote, branch, file])),
  open(set, world, folder) {
    const cwd = resolve(folder, set.path);
    const store = openGitStore({ ...set, cwd, format: formats[extname(set.file)]! }, openGit(cwd, world, true), world);
    return openLevers(set.levers, leversOf(set.levers, { conditional, settles: set.settles }), store, world.clock);
  },
};

function isInside(file: string): boolean {
  const steps = file.split("/");
  // oxlint-disable-next-line no-control-regex
  return (
    !file.startsWith("-") && !/[\x00-\x1f\x7f]/.test(file) && steps.every((step) => !["", ".", ".."].includes(step))
  );
}
