import { checkValue } from "../../src/schema/schema.ts";
import { kubernetes } from "../../src/targets/kubernetes.ts";
import { unleash } from "../../src/targets/unleash.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld } from "../fake/world.ts";
import { hasUnleash, startUnleash } from "../parts/unleash.ts";
import { hasKubectl, quotas, recorded, startApi } from "../targets/kubernetesApi.ts";
import type { Column } from "./place.ts";
import { blocked, single, start, textOf } from "./start.ts";

const isCI = process.env["CI"] !== undefined;

export const platformColumns: Column[] = [
  {
    name: "unleash",
    kind: "unleash",
    isMissing: !isCI && !hasUnleash(),
    async open() {
      const server = await startUnleash();
      const values = Object.fromEntries(single.map((setting) => [setting, start[setting]]));
      const variants = [
        {
          name: "config",
          weight: 1000,
          weightType: "variable",
          stickiness: "default",
          payload: { type: "json", value: JSON.stringify({ ...values, seed: 1 }) },
        },
      ];
      const parameters = { rollout: "100", stickiness: "default", groupId: "llm" };
      const constraints = [{ contextName: "userId", operator: "NOT_IN", values: blocked }];
      const features = "/projects/default/features";
      const at = `${features}/llm-support.reply/environments/development`;
      await server.ask("POST", features, { name: "llm-support.reply", type: "operational" });
      await server.ask("POST", `${at}/strategies`, { name: "flexibleRollout", parameters, constraints, variants });
      await server.ask("POST", `${at}/on`);
      const value = "/strategies/0/variants/0/payload/value";
      const levers = {
        ...Object.fromEntries(single.map((s) => [s, { at: "llm-{route}", pointer: `${value}/${s}` }])),
        enabled: "llm-{route}",
        blocked: { at: "llm-{route}", pointer: "/strategies/0/constraints/0/values", member: "{user}" },
      };
      const given = { url: server.url, token: server.token, environment: "development", levers };
      const { value: settings } = checkValue(unleash.schema, given);
      const world = fakeWorld();
      return {
        target: unleash.open(settings!, { ...world, http: openHttp({}, world.clock) }, "/project"),
        bytes: async () => JSON.stringify(await server.told("llm-support.reply")),
        close: () => server.stop(),
      };
    },
  },
  {
    name: "kubernetes",
    kind: "kubernetes",
    isMissing: !isCI && !hasKubectl,
    async open() {
      const texts = single.map((setting) => [`support.reply.${setting}`, textOf(start[setting]!)] as const);
      const data = JSON.stringify({ ...Object.fromEntries(texts), blocked: blocked.join(",") });
      const map = recorded["get-configmap-200"]!.body.replace(/"data":\{.*\}\}/, () => `"data":${data}}`);
      const api = await startApi({ [quotas]: map });
      const levers = {
        ...Object.fromEntries(single.map((setting) => [setting, `configmap/llm-quotas/{route}.${setting}`])),
        blocked: { at: "configmap/llm-quotas/blocked", member: "{user}" },
      };
      const { value } = checkValue(kubernetes.schema, { context: "lab", namespace: "ai", levers });
      return {
        target: kubernetes.open(value!, api.world(), "/project"),
        bytes: async () => api.objects.get(quotas)!.replace(/"resourceVersion":"\d+"/, ""),
        close: () => api.close(),
      };
    },
  },
];
