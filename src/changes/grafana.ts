import { z } from "zod";
import { connectionShape } from "../sources/connection.ts";
import type { Deed } from "../timeline/deed.ts";
import type { World } from "../world/world.ts";
import { openPages, reachOf, rowsOf } from "./api.ts";
import { isWithin, type ChangeKind, type ChangeLog } from "./change.ts";

const settings = z.strictObject({
  ...connectionShape,
  /** only annotations that have all of these */
  tags: z.array(z.string().min(1)).min(1).optional(),
});
type Settings = z.output<typeof settings>;

export const grafana: ChangeKind<Settings> = {
  kind: "grafana",
  summary: "Annotations that people and deploy scripts leave in Grafana",
  schema: settings,
  example: 'url: "https://grafana.internal"\nbearer: { env: GRAFANA_TOKEN }\ntags: [deploy]\n',
  open,
};

const path = "/api/annotations";
const most = 500;

/** The parts that are read of what `GET /api/annotations` is documented to answer (Grafana 8 to 13). */
const annotation = z.object({
  id: z.number(),
  /** ms since 1970 */
  time: z.number(),
  text: z.string(),
  login: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
});

function open({ tags = [], ...set }: Settings, world: World, folder: string): ChangeLog {
  const pages = openPages(set, world, folder);
  // one tag is asked for, all are looked at: a list would need the same word several times
  const tagged: Record<string, string> = tags[0] === undefined ? {} : { tags: tags[0] };
  const ask = (from: number, to: number, limit: number) =>
    pages.get(path, { from: String(from), to: String(to), type: "annotation", limit: String(limit), ...tagged });
  return {
    asks: `GET ${path} of ${pages.host}`,
    async changes(from, to) {
      const answer = await ask(from, to, most);
      if ("error" in answer) return answer;
      if (!Array.isArray(answer.json))
        return { error: `${pages.host} answered JSON that is no list of annotations`, ms: answer.ms };
      const { known, warnings } = rowsOf(answer.json, (row) => annotation.safeParse(row).data, "annotations");
      if (answer.json.length === most) warnings.push(`only ${most} annotations were read`);
      const meant = known.filter((one) => tags.every((tag) => one.tags?.includes(tag)));
      return { data: meant.map(deedOf).filter(({ at }) => isWithin(at, from, to)), warnings, ms: answer.ms };
    },
    async check() {
      const now = world.clock.now();
      const answer = await ask(now - 86_400_000, now, 1);
      return reachOf(answer, "");
    },
  };
}

function deedOf({ id, time, text, login }: z.output<typeof annotation>): Deed {
  return { at: time, what: text, ...(login ? { who: login } : {}), ref: `annotation ${id}` };
}
