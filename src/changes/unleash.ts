import { z } from "zod";
import { shorten } from "../harmless.ts";
import { connectionShape } from "../sources/connection.ts";
import { readTime } from "../sources/httpNumber.ts";
import type { Deed } from "../timeline/deed.ts";
import type { World } from "../world/world.ts";
import { openPages, reachOf, rowsOf, type Page } from "./api.ts";
import { isWithin, type ChangeKind, type ChangeLog } from "./change.ts";

const settings = z.strictObject({
  ...connectionShape,
  project: z.string().min(1).optional(),
  /** events of other environments are left out, those of none are not */
  environment: z.string().min(1).optional(),
});
type Settings = z.output<typeof settings>;

export const unleash: ChangeKind<Settings> = {
  kind: "unleash",
  summary: "Feature flags: who turned which on or off, from the events of an Unleash server",
  schema: settings,
  example: [
    'url: "https://flags.internal"',
    "headers: { authorization: { env: UNLEASH_TOKEN } }",
    "project: default",
    "environment: production",
    "",
  ].join("\n"),
  open,
};

const path = "/api/admin/search/events";
const perPage = 100;
const mostPages = 5;

const event = z.object({
  id: z.number(),
  type: z.string(),
  createdAt: z.string(),
  createdBy: z.string().nullish(),
  featureName: z.string().nullish(),
  project: z.string().nullish(),
  environment: z.string().nullish(),
  data: z.unknown().optional(),
  preData: z.unknown().optional(),
});
type Event = z.output<typeof event>;

function open(set: Settings, world: World, folder: string): ChangeLog {
  const pages = openPages(set, world, folder);
  const ask = (limit: number, offset: number) => pages.get(path, { limit: String(limit), offset: String(offset) });
  return {
    asks: `GET ${path} of ${pages.host}`,
    async changes(from, to) {
      const deeds: Deed[] = [];
      const warnings = new Set<string>();
      let ms = 0;
      // the newest come first, and a page may not reach back to `from`
      for (let page = 0; ; page++) {
        const answer = await ask(perPage, page * perPage);
        ms += answer.ms;
        if ("error" in answer) return { error: answer.error, ms };
        const rows = eventsIn(answer);
        if (rows === undefined) return { error: `${pages.host} answered JSON that is no list of events`, ms };
        const { known, warnings: unread } = rowsOf(rows, (row) => event.safeParse(row).data, "events");
        for (const warning of unread) warnings.add(warning);
        deeds.push(...known.filter((one) => isMeant(one, set)).flatMap(deedOf));
        const oldest = readTime(known.at(-1)?.createdAt);
        if (rows.length < perPage || (oldest !== undefined && oldest <= from)) break;
        if (page + 1 === mostPages) {
          warnings.add(`only the newest ${perPage * mostPages} events were read`);
          break;
        }
      }
      return { data: deeds.filter(({ at }) => isWithin(at, from, to)), warnings: [...warnings], ms };
    },
    async check() {
      const answer = await ask(1, 0);
      const isList = "json" in answer && eventsIn(answer) !== undefined;
      if ("json" in answer && !isList)
        return { ok: false, say: `${pages.host} answered JSON that is no list of events`, ms: answer.ms };
      return reachOf(answer, "");
    },
  };
}

function eventsIn(page: Page): unknown[] | undefined {
  return "json" in page ? z.object({ events: z.array(z.unknown()) }).safeParse(page.json).data?.events : undefined;
}

function isMeant({ type, project, environment }: Event, set: Settings): boolean {
  // what only sorts and remembers flags changes no behaviour
  if (!/^(feature|segment)-/.test(type) || /favorited|tagged|-stale-|-potentially-/.test(type)) return false;
  if (set.project !== undefined && project !== set.project) return false;
  return set.environment === undefined || environment == null || environment === set.environment;
}

function deedOf(one: Event): Deed[] {
  const at = readTime(one.createdAt);
  if (at === undefined) return [];
  const [who, env] = [one.createdBy ?? "", one.environment ?? ""];
  return [
    {
      at,
      what: sayEvent(one),
      ...(who === "" ? {} : { who }),
      ...(env === "" ? {} : { where: { env } }),
      ref: `event ${one.id}`,
    },
  ];
}

/** "flag llm-kill-switch on in development", "flag x: rollout 100% → 10% in production" */
function sayEvent({ type, featureName, environment, data, preData }: Event): string {
  const kind = type.startsWith("segment-") ? "segment" : "flag";
  const name = featureName ?? nameIn(data) ?? nameIn(preData) ?? "";
  const flag = name === "" ? kind : `${kind} ${shorten(name, 80)}`;
  const where = environment == null || environment === "" ? "" : ` in ${environment}`;
  if (type === "feature-environment-enabled") return `${flag} on${where}`;
  if (type === "feature-environment-disabled") return `${flag} off${where}`;
  const [before, after] = [rolloutIn(preData), rolloutIn(data)];
  if (before !== undefined && after !== undefined && before !== after)
    return `${flag}: rollout ${before}% → ${after}%${where}`;
  return `${flag}: ${type.replace(/^(feature|segment)-/, "").replaceAll("-", " ")}${where}`;
}

function nameIn(data: unknown): string | undefined {
  return z.object({ name: z.string() }).safeParse(data).data?.name;
}

function rolloutIn(data: unknown): string | undefined {
  return z.object({ parameters: z.object({ rollout: z.string() }) }).safeParse(data).data?.parameters.rollout;
}
