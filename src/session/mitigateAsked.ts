import { parseDuration } from "../duration.ts";
import { didYouMean, exit, UserError } from "../errors.ts";
import { mitigations } from "../mitigations/index.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import { readValue } from "../steps/parameters.ts";
import type { Step } from "../steps/step.ts";
import type { Scope } from "../timeline/scope.ts";

/** What was typed after `llmops mitigate`. */
export interface Mitigating {
  kind: string;
  scope: string[];
  reason: string;
  with: string[];
  target?: string | undefined;
  for?: string | undefined;
  force?: string | undefined;
  wait: string;
  incident?: string | undefined;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

/** The step as a runbook would have it. */
export function stepOf(asked: Mitigating, scopes: Scope[]): Step<MitigateBody> {
  const { kind } = asked;
  if (asked.reason.trim() === "")
    throw new UserError({
      what: "--reason is empty.",
      next: "say why: it is what the next person reads",
      code: exit.usage,
    });
  if (asked.force?.trim() === "")
    throw new UserError({
      what: "--force is empty.",
      next: "say why it is done although it does not fit",
      code: exit.usage,
    });
  const forMs = asked.for === undefined ? undefined : parseDuration(asked.for);
  if (asked.for !== undefined && forMs === undefined)
    throw new UserError({ what: `--for ${asked.for} is no duration.`, next: "like 30m or 2h", code: exit.usage });
  const kinds = mitigations.map((m) => m.kind);
  if (!kinds.includes(kind))
    throw new UserError({
      what: `There is no mitigation ${JSON.stringify(kind)}${didYouMean(kind, kinds)}`,
      next: `one of: ${kinds.join(", ")}`,
      code: exit.usage,
    });
  const body = {
    do: kind,
    with: readParameters(asked.with),
    scopes,
    ...(forMs === undefined ? {} : { forMs }),
  };
  return { id: kind, title: asked.reason, kind: "mitigate", body };
}

function readParameters(given: string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw new UserError({ what: `--with ${pair} is not K=V.`, next: "--with max_tokens=512", code: exit.usage });
      return [pair.slice(0, at), readValue(pair.slice(at + 1))];
    }),
  );
}
