import { messageOf, UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import type { Place, Trouble } from "../show/diagnosis.ts";
import { readStatusPage } from "../sources/statusPage.ts";
import type { Reach } from "../world/reach.ts";
import type { Hurried } from "./doctorWorld.ts";

/** Where the project file says it: "llmops.yaml:12". */
export type Whereabouts = (...path: string[]) => string;

/** Asks everything that the project names whether it is there, all at once. */
export async function reachAll(project: Project, { world, inTime }: Hurried): Promise<Place[]> {
  const ask = (section: Place["section"], list: readonly Asked[]) =>
    list.map(async ({ name, kind = "", caveat, open }): Promise<Place> => {
      const late = { ok: false, say: "did not answer in time", ms: 0 };
      const reach = (await inTime(reachOf(open))) ?? late;
      const say = reach.ok && caveat !== undefined ? `${reach.say}, ${caveat}` : reach.say;
      return { section, name, kind, ...reach, say };
    });
  const pages = Object.entries(project.statusPages).map(([name, url]) => ({
    name,
    open: () => ({
      async check(): Promise<Reach> {
        const page = await readStatusPage(world, name, url);
        return "error" in page ? { ok: false, say: page.error, ms: 0 } : { ok: true, say: page.says, ms: 0 };
      },
    }),
  }));
  return Promise.all([
    ...ask("sources", project.sources),
    ...ask("targets", project.targets),
    ...ask("sinks", project.sinks),
    ...ask("changes", project.changes),
    ...ask("status_pages", pages),
  ]);
}

interface Asked {
  name: string;
  kind?: string;
  caveat?: string;
  open(): { check(): Promise<Reach> };
}

async function reachOf(open: Asked["open"]): Promise<Reach> {
  try {
    return await open().check();
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return { ok: false, say: messageOf(thrown), ms: 0 };
  }
}

/** Who did not answer, and what to do about it. An incident needs sources, targets and secrets; the rest it can do without. */
export function troublesOfReach(places: readonly Place[], at: Whereabouts): Trouble[] {
  return places
    .filter(({ ok }) => !ok)
    .map(({ section, name, say }) => ({
      needed: section === "sources" || section === "targets" || say.includes(noSecret),
      says: `${singular[section]} ${name}: ${say}`,
      next: nextFor(say, name, at(section, name)),
    }));
}

const singular: Record<Place["section"], string> = {
  sources: "source",
  targets: "target",
  sinks: "sink",
  changes: "changes",
  status_pages: "status page",
};

/** How `resolveSecret` begins */
const noSecret = "a secret is needed";

/** Our own words for what went wrong → the next move. */
function nextFor(say: string, name: string, place: string): string {
  const variable = /environment variable (\S+) is (?:not set|empty)/.exec(say)?.[1];
  if (variable !== undefined) return `export ${variable}=…, then llmops doctor`;
  if (say.includes(noSecret)) return `put the secret where ${place} says it is`;
  if (say.includes("CA file")) return `name it, if you trust it: ca: FILE at ${name}, ${place}`;
  if (/certificate/.test(say)) return `renew the certificate there, or mend url of ${name}: ${place}`;
  if (/answered 40[13]|credentials/.test(say)) return `mend the credentials of ${name}: ${place}`;
  if (/nothing listens|no connection|no host|did not answer|no way to|closed the connection/.test(say))
    return `start it, or mend url of ${name}: ${place}`;
  return `mend ${name}: ${place}`;
}
