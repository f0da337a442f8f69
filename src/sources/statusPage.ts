import { z } from "zod";
import { shorten } from "../harmless.ts";
import { readHttp } from "../world/httpRead.ts";
import type { World } from "../world/world.ts";
import { parseJson } from "./json.ts";

/** What a provider says of itself. It is minutes late, and green rules nothing out. */
export type StatusPage =
  | {
      /** the project's name for it */
      name: string;
      trouble: boolean;
      /** "Partial outage; degraded performance: Chat Completions", shortened */
      says: string;
    }
  | { name: string; error: string };

/** The parts of Statuspage's `summary.json` that are read; incident.io serves the same, at times without `incidents`. */
const summary = z.object({
  status: z.object({ indicator: z.string(), description: z.string() }),
  components: z.array(z.object({ name: z.string(), status: z.string() })).default([]),
  incidents: z.array(z.object({ name: z.string(), status: z.string() })).default([]),
});

const deadlineMs = 3000;
const mostRedirects = 2;

/** Reads `api/v2/summary.json` below the address; pages that moved are followed, as nothing secret is sent. Never throws. */
export async function readStatusPage(world: World, name: string, url: string): Promise<StatusPage> {
  let address = `${url.replace(/\/+$/, "")}/api/v2/summary.json`;
  for (let hops = 0; ; hops++) {
    const result = await readHttp(world, { method: "GET", url: address, deadlineMs, maxBytes: 2 << 20 });
    if ("failed" in result) return { name, error: result.failed };
    const next = result.status >= 300 && result.status < 400 ? result.headers["location"] : undefined;
    if (next === undefined) return readSummary(name, result.status, result.body);
    if (hops === mostRedirects || !URL.canParse(next, address)) return { name, error: "it redirects without end" };
    const moved = new URL(next, address);
    if (moved.protocol !== "https:" && moved.protocol !== new URL(address).protocol)
      return { name, error: "it redirects to an address that is no https" };
    address = moved.href;
  }
}

function readSummary(name: string, status: number, body: string): StatusPage {
  if (status !== 200) return { name, error: `it answers ${status}` };
  const parsed = summary.safeParse(parseJson(body));
  if (!parsed.success) return { name, error: "what it answers is no Statuspage summary" };
  const { status: overall, components, incidents } = parsed.data;
  const hurt = components.filter((one) => one.status !== "operational" && one.status !== "under_maintenance");
  const open = incidents.filter((one) => one.status !== "resolved" && one.status !== "postmortem");
  const trouble = !["none", "maintenance"].includes(overall.indicator) || hurt.length > 0 || open.length > 0;
  const words = [
    overall.description,
    ...open.slice(0, 2).map((one) => one.name),
    ...hurt.slice(0, 3).map((one) => `${one.name}: ${one.status.replaceAll("_", " ")}`),
  ];
  return { name, trouble, says: shorten(words.join("; "), 160) };
}
