import { z } from "zod";
import { shorten } from "../harmless.ts";
import { fact } from "../timeline/event.ts";
import { sayScope } from "../timeline/scope.ts";
import type { Incident } from "../timeline/incident.ts";
import type { StepKind } from "./step.ts";

interface NotifyBody {
  /** name of an audience */
  to: string;
  template?: string;
}

export const notify: StepKind<NotifyBody> = {
  kind: "notify",
  summary: "tells an audience how it stands",
  schema: z.strictObject({ to: z.string(), template: z.string().optional() }),
  example: `
id: tell
title: Tell the tenants
notify: { to: tenants }
`,
  outcomes: () => ["sent", "failed", "not-offered"],
  async *run({ body: { to } }, { incident, say }) {
    const text = textOf(incident);
    say(`No audience ${JSON.stringify(to)} is set. Text to send by hand:`, `  ${text}`);
    yield fact("sent", { to, ok: false, text, why: "no audience of this name is set" });
    return "not-offered";
  },
};

/** Only what the timeline knows: nothing is promised and no cause is named. */
function textOf({ id, title, severity, scope, openedAt }: Incident): string {
  const since = new Date(openedAt).toISOString().slice(0, 16).replace("T", " ");
  const about = shorten(`${title}${severity === null ? "" : ` (${severity})`}, ${sayScope(scope)}`, 200);
  return `${about}: we are working on it since ${since} UTC. Reference ${id}.`;
}
