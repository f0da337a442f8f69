import { sayValue, type Json, type Value } from "../timeline/value.ts";
import type { Written } from "../timeline/setting.ts";
import type { Place } from "./litellmRead.ts";

export interface Message {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  /** the path as LiteLLM's own description spells it */
  described: string;
  body?: Json;
}
type Refused = Written & { refused: true };

/** The one request that makes a change, or why none may be sent. */
export function requestFor({ kind, id, setting }: Place, value: Value): Message | Refused {
  const is = "is" in value ? value.is : undefined;
  const wrong: Refused = { refused: true, why: `LiteLLM has no ${setting} ${sayValue(value)}` };
  const post = (path: string, body: Json): Message => ({ method: "POST", path, described: path, body });
  const name = { key: "key", team: "team_id", deployment: "model_id", model: "model", router: "" }[kind];

  if (setting === "blocked") {
    if (typeof is !== "boolean") return wrong;
    return post(`/${kind === "deployment" ? "model" : kind}/${is ? "block" : "unblock"}`, { [name]: id });
  }
  switch (kind) {
    case "deployment":
      if (typeof is !== "string" || is === "") return wrong;
      return {
        method: "PATCH",
        path: `/model/${encodeURIComponent(id)}/update`,
        described: "/model/{model_id}/update",
        body: { litellm_params: { model: is } },
      };
    case "key":
    case "team": {
      if (is !== null && !isCount(is)) return wrong;
      return post(`/${kind}/update`, { [name]: id, [setting === "budget_usd_per_hour" ? "max_budget" : setting]: is });
    }
    case "router":
      if (!isCount(is)) return wrong;
      return post("/config/update", {
        router_settings: setting === "timeout_ms" ? { timeout: is / 1000 } : { num_retries: is },
      });
    case "model": {
      if (!Array.isArray(is) || !is.every((one) => typeof one === "string")) return wrong;
      if (is.length > 0) return post("/fallback", { model: id, fallback_models: is, fallback_type: setting });
      const path = `/fallback/${encodeURIComponent(id)}?fallback_type=${setting}`;
      return { method: "DELETE", path, described: "/fallback/{model}" };
    }
  }
}

function isCount(is: Json | undefined): is is number {
  return typeof is === "number" && is >= 0;
}
