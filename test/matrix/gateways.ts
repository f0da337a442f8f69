import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/targets/http.ts";
import { litellm } from "../../src/targets/litellm.ts";
import { parseDocument } from "../../src/document/document.ts";
import { fakeWorld } from "../fake/world.ts";
import { adminKey, fakeLitellm, hash, levers as litellmLevers } from "../targets/litellmFake.ts";
import { caddyIsMissing, startCaddy } from "../parts/caddy.ts";
import { watchedWorld } from "../targets/watchedWorld.ts";
import { gatewayLevers } from "./gatewayLevers.ts";
import type { Column } from "./place.ts";
import { blocked, single, start } from "./start.ts";

export const gatewayColumns: Column[] = [
  {
    name: "http (the sandbox)",
    kind: "http",
    async open() {
      const world = fakeWorld();
      const sandbox = await startSandbox(world, { folder: world.cwd, seed: 7, mode: "metrics" });
      const send = async (method: "GET" | "PATCH", path: string, body?: object) => {
        const headers = { "content-type": "application/json" };
        const request = body === undefined ? {} : { headers, body: JSON.stringify(body) };
        const answer = await world.http({ method, url: sandbox.url + path, deadlineMs: 1000, ...request });
        if ("failed" in answer || answer.status !== 200) throw new Error(JSON.stringify(answer));
        return answer.body;
      };
      const paths = [
        "/config/routes/support.reply",
        "/config/routes/chat.free",
        "/config/blocked_users",
        "/config/deploys",
      ];
      // what the sandbox has at first is what some mitigations want
      await send("PATCH", paths[0]!, { cache: false, retrieval: true, trace_sample_rate: 0.1, prompt_version: "v15" });
      const levers: unknown = parseDocument(gatewayLevers.join("\n"), "levers.yaml").document!.value;
      const { value } = checkValue(http.schema, { url: sandbox.url, levers });
      return {
        target: http.open(value!, world, world.cwd),
        bytes: async () => (await Promise.all(paths.map((path) => send("GET", path)))).join(""),
        close: () => sandbox.close(),
      };
    },
  },
  {
    name: "http (Caddy)",
    kind: "http",
    isMissing: caddyIsMissing,
    async open() {
      const settings = Object.fromEntries(single.map((setting) => [setting, start[setting]]));
      // Its POST replaces what is in an object and adds to what is in a list: a document that is in an object, whole.
      const caddy = await startCaddy({ "support.reply": { settings: { ...settings, blocked } }, search: {} });
      const levers = {
        ...Object.fromEntries(
          single.map((setting) => [setting, { at: "/id/{route}/settings", pointer: `/${setting}` }]),
        ),
        blocked: { at: "/id/{route}/settings", pointer: "/blocked", member: "{user}" },
      };
      const given = { url: caddy.url, method: "POST", null_is_absent: true, levers };
      const { value } = checkValue(http.schema, given);
      return {
        target: http.open(value!, watchedWorld(() => false).world, "/project"),
        bytes: () => caddy.config(),
        close: () => caddy.stop(),
      };
    },
  },
  {
    name: "litellm",
    kind: "litellm",
    async open() {
      const fake = fakeLitellm();
      Object.assign(fake.keys[hash]!, { rpm_limit: 6000, tpm_limit: 1_000_000 });
      fake.teams["acme"]!["max_budget"] = 1000;
      Object.assign(fake.router, { timeout: 60 });
      const given = {
        url: "http://llm:4000",
        key: { env: "KEY" },
        keys: { "support.reply": hash },
        deployments: { "support.reply": "m-1" },
        levers: litellmLevers,
      };
      const { value } = checkValue(litellm.schema, given);
      const world = fakeWorld({ routes: (request) => fake.routes(request), env: { KEY: adminKey } });
      // what is not blocked is null, false or nothing to LiteLLM, and only false can be written
      const even = (rows: Record<string, object>) =>
        Object.entries(rows).map(([id, row]) => [id, { ...row, blocked: "blocked" in row && row.blocked === true }]);
      const { keys, teams, models, router, fallbacks } = fake;
      return {
        target: litellm.open(value!, world, "/project"),
        bytes: async () => JSON.stringify([even(keys), even(teams), even(models), router, fallbacks]),
        close: () => {},
      };
    },
  },
];
