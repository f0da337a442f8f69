import { z } from "zod";
import { connectionShape } from "../sources/connection.ts";
import { readTime } from "../sources/httpNumber.ts";
import type { Deed } from "../timeline/deed.ts";
import type { World } from "../world/world.ts";
import { openPages, reachOf, rowsOf } from "./api.ts";
import { isWithin, type ChangeKind, type ChangeLog } from "./change.ts";

const settings = z.strictObject({
  ...connectionShape,
  /** versions that carry it are those that serve */
  label: z.string().min(1).default("production"),
});
type Settings = z.output<typeof settings>;

/** As the API of Langfuse 3 and 4 is documented; not yet run against a live one. */
export const langfuse: ChangeKind<Settings> = {
  kind: "langfuse",
  summary:
    "Prompts whose serving version is another one, from Langfuse (as documented, not yet run against a live one)",
  schema: settings,
  example: [
    'url: "https://langfuse.internal"',
    "basic: { user: { env: LANGFUSE_PUBLIC_KEY }, password: { env: LANGFUSE_SECRET_KEY } }",
    "label: production",
    "",
  ].join("\n"),
  open,
};

const path = "/api/public/v2/prompts";
const mostPrompts = 100;
/** Versions that are looked at one by one. */
const mostVersions = 40;
/** A label leaves one version when it comes to the other: both are written at once, ms. */
const togetherMs = 10_000;

const listed = z.object({
  name: z.string().refine((name) => name !== "." && name !== ".."),
  /** only those that were written since */
  versions: z.array(z.number().int()),
  lastUpdatedAt: z.string(),
});

const version = z.object({
  version: z.number().int(),
  labels: z.array(z.string()),
  commitMessage: z.string().nullish(),
  /** the server sends them, but they are not part of what is documented */
  updatedAt: z.string().optional(),
});
type Version = z.output<typeof version> & { at: number };

function open({ label, ...set }: Settings, world: World, folder: string): ChangeLog {
  const pages = openPages(set, world, folder);
  const list = (since: number, limit: number) =>
    pages.get(path, { fromUpdatedAt: new Date(since).toISOString(), limit: String(limit), page: "1" });

  async function look(name: string, number: number, otherwise: number): Promise<Version | { error: string }> {
    const answer = await pages.get(`${path}/${encodeURIComponent(name)}`, { version: String(number) });
    if ("error" in answer) return { error: answer.error };
    const { data } = version.safeParse(answer.json);
    if (data === undefined) return { error: `${pages.host} answered JSON that is no prompt` };
    return { ...data, at: readTime(data.updatedAt) ?? otherwise };
  }

  return {
    asks: `GET ${path} of ${pages.host}`,
    async changes(from, to) {
      const began = world.clock.monotonic();
      const ms = () => Math.round((world.clock.monotonic() - began) / world.clock.speed);
      const answer = await list(from, mostPrompts);
      if ("error" in answer) return answer;
      const { data } = z.object({ data: z.array(z.unknown()) }).safeParse(answer.json);
      if (data === undefined) return { error: `${pages.host} answered JSON that is no list of prompts`, ms: ms() };
      const { known, warnings } = rowsOf(data.data, (row) => listed.safeParse(row).data, "prompts");
      const touched = known.flatMap(({ name, versions, lastUpdatedAt }) =>
        versions
          .toSorted((a, b) => b - a)
          .map((number) => ({ name, number, at: readTime(lastUpdatedAt) ?? Number.NaN })),
      );
      if (data.data.length === mostPrompts) warnings.push(`only ${mostPrompts} prompts were read`);
      if (touched.length > mostVersions) warnings.push(`only ${mostVersions} versions of prompts were read`);
      const looked = await Promise.all(
        touched
          .slice(0, mostVersions)
          .map(async ({ name, number, at }) => ({ name, ...(await look(name, number, at)) })),
      );
      const failed = looked.find((one) => "error" in one);
      if (failed !== undefined) warnings.push(failed.error);
      const read = looked.flatMap((one) => ("error" in one ? [] : [one]));
      const deeds = read
        .filter(({ labels }) => labels.includes(label))
        .map((one) => deedOf(one, one.name, read, label))
        .filter(({ at }) => isWithin(at, from, to));
      return { data: deeds, warnings, ms: ms() };
    },
    async check() {
      return reachOf(await list(0, 1), "");
    },
  };
}

/** Another version of the prompt that was written at the same time without the label is the one that lost it. */
function deedOf(now: Version, name: string, all: readonly (Version & { name: string })[], label: string): Deed {
  const before = all.find(
    (one) => one.name === name && !one.labels.includes(label) && Math.abs(one.at - now.at) <= togetherMs,
  );
  const moved = before === undefined ? `v${now.version}` : `v${before.version} → v${now.version}`;
  const why = now.commitMessage ? `: ${now.commitMessage}` : "";
  return { at: now.at, what: `prompt ${name} ${moved}${why}`, ref: `${label} v${now.version}` };
}
