import { createHash } from "node:crypto";
import type { ServedAnswer, ServedRequest } from "../world/server.ts";
import { parseBody, refusal, reply } from "./reply.ts";
import type { RouteSettings, Settings } from "./settings.ts";
import { mistakesIn, mistakesInDeploys, mistakesInUsers } from "./settingsCheck.ts";

/** One address of the config API: what is there, and how it is replaced. */
interface Resource {
  value: unknown;
  /** merge patches fit objects only */
  patches: boolean;
  mistakes(value: unknown): string[];
  put(value: unknown): void;
}

/**
 * `/config/routes`, `/config/routes/{route}`, `/config/blocked_users` and `/config/deploys`: JSON with strong ETags; `If-Match` is
 * honoured; PUT takes the whole document, PATCH a merge patch (RFC 7396). Undefined: not one of these addresses.
 */
export function answerConfig(request: ServedRequest, settings: Settings): ServedAnswer | undefined {
  const { method, path } = request;
  if (path === "/config/routes") return method === "GET" ? reply(200, Object.keys(settings.routes)) : notAllowed("GET");
  const resource = find(path, settings);
  if (resource === undefined || "status" in resource) return resource;
  if (method === "GET") return show(resource.value);
  if (method !== "PUT" && !(method === "PATCH" && resource.patches))
    return notAllowed(resource.patches ? "GET, PUT, PATCH" : "GET, PUT");
  return change(request, resource);
}

function find(path: string, settings: Settings): Resource | ServedAnswer | undefined {
  if (path === "/config/blocked_users")
    return {
      value: settings.blockedUsers,
      patches: false,
      mistakes: mistakesInUsers,
      put: (value) => (settings.blockedUsers = value as string[]),
    };
  if (path === "/config/deploys")
    return {
      value: settings.deploys,
      patches: true,
      mistakes: mistakesInDeploys,
      put: (value) => (settings.deploys = value as Settings["deploys"]),
    };
  const coded = /^\/config\/routes\/([^/]+)$/.exec(path)?.[1];
  if (coded === undefined) return undefined;
  const name = decode(coded);
  if (name === undefined || !Object.hasOwn(settings.routes, name))
    return refusal(404, "not_found", `there is no such route; there are: ${Object.keys(settings.routes).join(", ")}`);
  return {
    value: settings.routes[name],
    patches: true,
    mistakes: (value) => mistakesIn(name, value),
    put: (value) => (settings.routes[name] = value as RouteSettings),
  };
}

function change({ method, headers, body }: ServedRequest, resource: Resource): ServedAnswer {
  const types = method === "PATCH" ? ["application/merge-patch+json", "application/json"] : ["application/json"];
  const parsed = parseBody(headers, body, types);
  if ("wrong" in parsed) return parsed.wrong;
  const etag = etagOf(resource.value);
  if (!matches(headers["if-match"], etag))
    return refusal(412, "precondition_failed", "it was changed since you read it", { etag });
  const wanted = method === "PATCH" ? merge(resource.value, parsed.value) : parsed.value;
  const mistakes = resource.mistakes(wanted);
  if (mistakes.length > 0) return refusal(422, "invalid_settings", mistakes.join("; "));
  resource.put(wanted);
  return show(wanted);
}

function show(value: unknown): ServedAnswer {
  return reply(200, value, { etag: etagOf(value) });
}

function etagOf(value: unknown): string {
  return `"${createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16)}"`;
}

function matches(condition: string | undefined, etag: string): boolean {
  return condition === undefined || condition.split(",").some((one) => ["*", etag].includes(one.trim()));
}

function merge(value: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const merged = new Map<string, unknown>(isObject ? Object.entries(value) : []);
  for (const [key, wanted] of Object.entries(patch)) {
    if (wanted === null) merged.delete(key);
    else merged.set(key, merge(merged.get(key), wanted));
  }
  return Object.fromEntries(merged);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function notAllowed(allow: string): ServedAnswer {
  return refusal(405, "method_not_allowed", `allowed: ${allow}`, { allow });
}
