import { z } from "zod";
import { shorten } from "../harmless.ts";
import type { Json } from "../timeline/value.ts";

/** What a lever lies on. */
export interface Place {
  kind: "key" | "team" | "deployment" | "model" | "router";
  /** hash, id or name; "" of the router */
  id: string;
  /** of a model: on which failures its fallbacks are asked */
  setting: string;
}

/** "key:support.reply:rpm_limit" → what it says. */
export function placeIn(address: string): Place {
  const [kind = "", id = "", setting = ""] = address.split(":");
  return { kind: kind as Place["kind"], id: decodeURIComponent(id), setting };
}

/** `undefined`: nothing that is known to be an answer. */
export type Told = { value: Json } | { error: string; next?: string; missing?: true } | undefined;

export interface Question {
  path: string;
  read(status: number, body: string): Told;
}

const limits = z.object({
  blocked: z.boolean().nullish(),
  rpm_limit: z.number().nullish(),
  tpm_limit: z.number().nullish(),
  max_budget: z.number().nullish(),
  budget_duration: z.string().nullish(),
});
const key = z.object({ info: limits });
const team = z.object({ team_info: limits });
const models = z.object({
  data: z.array(
    z.object({
      litellm_params: z.object({ model: z.string() }).optional(),
      model_info: z.object({ id: z.string(), db_model: z.boolean().nullish(), blocked: z.boolean().nullish() }),
    }),
  ),
});
const router = z.object({ current_values: z.record(z.string(), z.unknown()) });
const fallbacks = z.object({ fallback_models: z.array(z.string()) });
const noFallbacks = z.object({ detail: z.object({ error: z.string().regex(/^No .*fallbacks configured/) }) });

/** How a value is asked for, and what the answers mean. */
export function questionAbout({ kind, id, setting }: Place): Question {
  const name = encodeURIComponent(id);
  const gone = `has no ${kind} ${shorten(id, 80)}`;
  switch (kind) {
    case "key":
      return {
        path: `/key/info?key=${name}`,
        read: (status, body) => (status === 404 ? missing(gone) : limitIn(json(body, key)?.info, setting)),
      };
    case "team":
      return {
        path: `/team/info?team_id=${name}`,
        read: (status, body) => (status === 404 ? missing(gone) : limitIn(json(body, team)?.team_info, setting)),
      };
    case "deployment":
      return {
        path: `/model/info?litellm_model_id=${name}`,
        read: (status, body) => deploymentIn(status, json(body, models)?.data, id, setting, gone),
      };
    case "router":
      return { path: "/router/settings", read: (_, body) => routerIn(json(body, router)?.current_values, setting) };
    case "model":
      return {
        path: `/fallback/${name}?fallback_type=${setting}`,
        // the path that a release does not have is also a 404, and says only "Not Found"
        read: (_, body) =>
          json(body, noFallbacks) === undefined ? asValue(json(body, fallbacks)?.fallback_models) : { value: [] },
      };
  }
}

function limitIn(told: z.output<typeof limits> | undefined, setting: string): Told {
  if (told === undefined) return undefined;
  if (setting === "blocked") return { value: told.blocked === true };
  if (setting === "rpm_limit") return asValue(told.rpm_limit);
  if (setting === "tpm_limit") return asValue(told.tpm_limit);
  if (told.budget_duration === "1h") return asValue(told.max_budget);
  return {
    error: `its budget is ${told.budget_duration == null ? "for good" : `for ${shorten(told.budget_duration, 20)}`}, not for an hour, and counts all that was spent so far`,
    next: "give it a budget_duration of 1h before there is an incident, or clamp tpm_limit",
  };
}

type Deployment = z.output<typeof models>["data"][number];

function deploymentIn(status: number, all: Deployment[] | undefined, id: string, setting: string, gone: string): Told {
  if (status === 404) return missing(gone);
  if (all === undefined) return undefined;
  const found = all.find(({ model_info }) => model_info.id === id);
  if (found === undefined) return missing(gone);
  const { db_model, blocked } = found.model_info;
  if (db_model !== true)
    return {
      error: `deployment ${shorten(id, 80)} comes from config.yaml, which LiteLLM changes through no API`,
      next: "change config.yaml, or add the deployment through /model/new before there is an incident",
    };
  if (setting === "model") return asValue(found.litellm_params?.model);
  return { value: blocked === true };
}

/** LiteLLM counts the timeout in seconds. */
function routerIn(told: Record<string, unknown> | undefined, setting: string): Told {
  if (told === undefined) return undefined;
  const [value, unit] = setting === "timeout_ms" ? [told["timeout"], 1000] : [told["num_retries"], 1];
  if (typeof value === "number") return { value: Math.round(value * unit) };
  return {
    error: `the router has no ${setting === "timeout_ms" ? "timeout" : "num_retries"} of its own, and one that is set cannot be taken away again`,
    next: "give it one in router_settings before there is an incident",
  };
}

function missing(error: string): Told {
  return { error, missing: true };
}

function asValue(value: Json | undefined): Told {
  return value === undefined ? undefined : { value };
}

function json<T>(body: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
