import { fileColumns } from "./files.ts";
import { gatewayColumns } from "./gateways.ts";
import { keyColumns } from "./keys.ts";
import type { Column } from "./place.ts";
import { platformColumns } from "./platforms.ts";

/** Where every mitigation is tried: a line for each target kind, or several. */
export const columns: Column[] = [...fileColumns, ...gatewayColumns, ...keyColumns, ...platformColumns];

const undocumented = "nothing in its documented API does it and can be read back";

/** What a kind of target does not offer, and why. Everything else it does. */
export const notOffered: Record<string, Record<string, string>> = {
  litellm: {
    "fallback-response": undocumented,
    "token-clamp": "its max_tokens is a default that callers override: use token-budget or budget-cap",
    "provider-failover": "it fails over by its fallbacks: use fallback-chain",
    "input-clamp": undocumented,
    "retry-backoff": undocumented,
    "circuit-breaker": "it is two settings of its router, allowed_fails and cooldown_time, and a lever is one",
    cache: "its cache is one for all routes, and its flush a FLUSHALL of the Redis that holds the rate limits too",
    "disable-tool": "a key's tools are a list of permissions (object_permission), not a switch for each",
    "prompt-guard": undocumented,
    "prompt-rollback": undocumented,
    guardrail: "whether one is on by default lies in each guardrail's own document, whose calls nobody could try",
    retrieval: undocumented,
    "trace-sampling": undocumented,
    "deploy-freeze": undocumented,
  },
};
