import type { HttpRequest } from "../../src/world/http.ts";
import type { FakeAnswer } from "../fake/world.ts";

type Row = Record<string, unknown>;

export interface FakeLitellm {
  routes(request: HttpRequest): FakeAnswer;
  keys: Record<string, Row>;
  teams: Record<string, Row>;
  /** by id */
  models: Record<string, { model_name: string; model: string; db_model: boolean; blocked?: boolean | null }>;
  router: Row;
  /** of each type, by model */
  fallbacks: Record<string, Record<string, string[]>>;
  /** "not connected": it runs without one */
  db: string;
  /** calls that this release has: "post /key/block" */
  paths: Set<string>;
  /** router settings about which it says "updated successfully", and drops them */
  drops: Set<string>;
  /** so many reads after a write are answered by pods that have not heard of it */
  behind: number;
  /** mutating requests: method, path and body */
  writes: string[];
  /** of the last write */
  changedBy: string | undefined;
}

export const adminKey = "sk-admin-of-tests";
export const hash = "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b";

/**
 * LiteLLM's admin API as it is documented (OpenAPI 1.95, and the endpoints' own sources), with the lies that are known of
 * it. What is not documented is refused.
 */
export function fakeLitellm(): FakeLitellm {
  const limits = { blocked: null, rpm_limit: null, tpm_limit: 4096, max_budget: null, budget_duration: null };
  let before: string | undefined;
  let left = 0;
  const fake: FakeLitellm = {
    keys: { [hash]: { ...limits, key_alias: "support-reply", spend: 12.5 } },
    teams: { acme: { ...limits, team_alias: "Acme", max_budget: 20, budget_duration: "1h" } },
    models: {
      "m-1": { model_name: "chat", model: "gpt-4o", db_model: true },
      "m-2": { model_name: "chat", model: "gpt-4o", db_model: false },
    },
    router: { num_retries: 3, timeout: 30, allowed_fails: 3 },
    fallbacks: { general: { chat: ["chat-small"] }, context_window: {}, content_policy: {} },
    db: "connected",
    paths: new Set([
      "post /key/block",
      "post /key/unblock",
      "post /key/update",
      "post /team/block",
      "post /team/unblock",
      "post /team/update",
      "post /model/block",
      "post /model/unblock",
      "patch /model/{model_id}/update",
      "post /config/update",
      "post /fallback",
      "delete /fallback/{model}",
      "get /fallback/{model}",
    ]),
    drops: new Set(),
    behind: 0,
    writes: [],
    changedBy: undefined,
    routes({ method, url, headers = {}, body }) {
      const { pathname, searchParams } = new URL(url);
      if (pathname === "/health/readiness")
        return json({ status: "healthy", db: fake.db, litellm_version: "1.95.0", success_callbacks: [] });
      if (headers["authorization"] !== `Bearer ${adminKey}`)
        return problem(401, "Authentication Error, Invalid proxy server token passed", "auth_error");
      if (pathname === "/openapi.json") return json({ openapi: "3.1.0", paths: described(fake.paths) });
      if (method === "GET") {
        if (left === 0 || before === undefined) return read(fake, pathname, searchParams);
        left--;
        return read(JSON.parse(before) as FakeLitellm, pathname, searchParams, fake.paths);
      }
      fake.writes.push(`${method} ${pathname}${new URL(url).search} ${body ?? ""}`.trim());
      fake.changedBy = headers["litellm-changed-by"];
      before = JSON.stringify(fake);
      left = fake.behind;
      return write(fake, method, pathname, searchParams, body === undefined ? {} : (JSON.parse(body) as Row));
    },
  };
  return fake;
}

function read(fake: FakeLitellm, path: string, query: URLSearchParams, paths = fake.paths): FakeAnswer {
  if (path === "/key/info") {
    const info = fake.keys[query.get("key") ?? ""];
    return info === undefined
      ? problem(404, "Key not found in database", "not_found_error")
      : json({ key: query.get("key"), info });
  }
  if (path === "/team/info") {
    const team_id = query.get("team_id") ?? "";
    const team_info = fake.teams[team_id];
    return team_info === undefined
      ? problem(404, `Team not found, passed team id: ${team_id}.`, "auth_error")
      : json({ team_id, team_info, keys: [] });
  }
  if (path === "/model/info") {
    const one = query.get("litellm_model_id");
    const data = Object.entries(fake.models)
      .filter(([id]) => one === null || id === one)
      .map(([id, { model_name, model, ...info }]) => {
        return { model_name, litellm_params: { model }, model_info: { id, ...info } };
      });
    return data.length === 0 ? { status: 400, body: '{"detail":{"error":"Model id not found"}}' } : json({ data });
  }
  if (path === "/router/settings") return json({ fields: [], current_values: fake.router });
  const model = /^\/fallback\/([^/]+)$/.exec(path)?.[1];
  if (model !== undefined && paths.has("get /fallback/{model}")) {
    const type = query.get("fallback_type") ?? "general";
    const found = fake.fallbacks[type]![decodeURIComponent(model)];
    if (found === undefined)
      return {
        status: 404,
        body: JSON.stringify({ detail: { error: `No ${type} fallbacks configured for model '${model}'` } }),
      };
    return json({ model, fallback_models: found, fallback_type: type });
  }
  return { status: 404, body: '{"detail":"Not Found"}' };
}

function write(fake: FakeLitellm, method: string, path: string, query: URLSearchParams, body: Row): FakeAnswer {
  const nowhere: FakeAnswer = { status: 404, body: '{"detail":"Not Found"}' };
  const patched = /^\/model\/([^/]+)\/update$/.exec(path)?.[1];
  const of = /^\/fallback\/([^/]+)$/.exec(path)?.[1];
  const call = patched === undefined ? (of === undefined ? path : "/fallback/{model}") : "/model/{model_id}/update";
  if (!fake.paths.has(`${method.toLowerCase()} ${call}`)) return nowhere;

  const blocks = /^\/(key|team|model)\/(block|unblock)$/.exec(path);
  if (blocks !== null) {
    const [kind, blocked] = [blocks[1] as "key" | "team" | "model", blocks[2] === "block"];
    const rows: Record<string, Row> = { key: fake.keys, team: fake.teams, model: fake.models }[kind];
    const row = rows[String(body[kind === "key" ? "key" : `${kind}_id`])];
    if (row === undefined || Object.keys(body).length !== 1) return problem(404, "not found", "not_found_error");
    row["blocked"] = blocked;
    return json({ ...row, blocked });
  }
  if (path === "/key/update" || path === "/team/update") {
    const { key, team_id, ...rest } = body;
    const row = path === "/key/update" ? fake.keys[String(key)] : fake.teams[String(team_id)];
    if (row === undefined) return problem(404, "not found", "not_found_error");
    for (const name of Object.keys(rest))
      if (!["rpm_limit", "tpm_limit", "max_budget"].includes(name))
        return problem(400, `unexpected ${name}`, "bad_request");
    Object.assign(row, rest);
    return json({ ...body });
  }
  if (patched !== undefined) {
    const row = fake.models[decodeURIComponent(patched)];
    const { litellm_params, ...more } = body as { litellm_params: { model: string } };
    if (row === undefined || Object.keys(more).length > 0 || Object.keys(litellm_params).join() !== "model")
      return problem(400, `Model ${patched} not found on proxy.`, "bad_request");
    row.model = litellm_params.model;
    return json({ model_id: patched, litellm_params: { model: row.model } });
  }
  if (path === "/config/update") {
    const { router_settings, ...more } = body as { router_settings: Row };
    if (Object.keys(more).length > 0) return problem(400, "unexpected", "bad_request");
    for (const [name, value] of Object.entries(router_settings)) if (!fake.drops.has(name)) fake.router[name] = value;
    return json({ message: "Config updated successfully" });
  }
  if (of !== undefined) {
    delete fake.fallbacks[query.get("fallback_type") ?? ""]![decodeURIComponent(of)];
    return json({ message: "Fallback configuration deleted successfully" });
  }
  const { model, fallback_models, fallback_type } = body as {
    model: string;
    fallback_models: string[];
    fallback_type: string;
  };
  if (fallback_models.includes("nonsense"))
    return {
      status: 400,
      body: `{"detail":{"error":"Invalid fallback models: ['nonsense']","available_models":["chat"]}}`,
    };
  fake.fallbacks[fallback_type]![model] = fallback_models;
  return json({ model, fallback_models, fallback_type, message: "Fallback configuration updated successfully" });
}

function described(paths: Set<string>): Record<string, Record<string, object>> {
  const all: Record<string, Record<string, object>> = {};
  for (const one of paths) {
    const [method = "", path = ""] = one.split(" ");
    (all[path] ??= {})[method] = {};
  }
  return all;
}

function json(body: unknown): FakeAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function problem(status: number, message: string, type: string): FakeAnswer {
  return { status, body: JSON.stringify({ error: { message, type, param: "None", code: String(status) } }) };
}

/** Each lever that can be had, at what it applies to. */
export const levers = {
  enabled: { key: "{route}" },
  tpm_limit: { key: "{route}" },
  rpm_limit: { key: "{route}" },
  blocked: { team: "{tenant}" },
  budget_usd_per_hour: { team: "{tenant}" },
  model: { deployment: "{route}" },
  max_retries: "router",
  timeout_ms: "router",
  fallbacks: { model: "{model}" },
};
