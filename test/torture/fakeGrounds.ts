import { startUnleash } from "../parts/unleash.ts";
import { startFakeConsul } from "../targets/consulFake.ts";
import { quotas, recorded, startApi } from "../targets/kubernetesApi.ts";
import { first, meant, routes, settings, text, type Ground } from "./drillGrounds.ts";

/** Consul and a cluster cannot be had: fakes that keep state, made from what the real ones were recorded to answer. */
async function consulGround(): Promise<Ground> {
  const consul = await startFakeConsul();
  const key = (setting: string, route: string) => `llm/${route}/${setting}`;
  for (const route of routes) for (const setting of settings) consul.put(key(setting, route), text(setting));
  const levers = settings.map((setting) => `${setting}: "${key(setting, "{route}")}"`).join(", ");
  return {
    name: "consul",
    project: `{ consul: { url: "${consul.url}", levers: { ${levers} } } }`,
    bytes: async () => [...consul.keys].map(([name, kv]) => `${name}=${kv.flags} ${kv.text}`).join("\n"),
    value: async (setting, route) => meant(setting, consul.keys.get(key(setting, route))!.text),
    set: async (setting, route, value) => consul.put(key(setting, route), String(value)),
    changes: async () => undefined,
    close: () => consul.close(),
  };
}

async function kubernetesGround(): Promise<Ground> {
  const pairs = routes.flatMap((route) => settings.map((setting) => [`${route}.${setting}`, text(setting)] as const));
  const data = JSON.stringify(Object.fromEntries(pairs));
  const map = recorded["get-configmap-200"]!.body.replace(/"data":\{.*\}\}/, () => `"data":${data}}`);
  const api = await startApi({ [quotas]: map });
  const all = () => (JSON.parse(api.objects.get(quotas)!) as { data: Record<string, string> }).data;
  const levers = settings.map((setting) => `${setting}: "configmap/llm-quotas/{route}.${setting}"`).join(", ");
  return {
    name: "kubernetes",
    project: `{ kubernetes: { context: lab, namespace: ai, levers: { ${levers} } } }`,
    env: { KUBECONFIG: api.kubeconfig },
    bytes: async () => api.objects.get(quotas)!.replace(/"resourceVersion":"\d+"/, ""),
    value: async (setting, route) => meant(setting, all()[`${route}.${setting}`]!),
    async set(setting, route, value) {
      const name = `"${route}.${setting}":`;
      api.edit(quotas, (object) => object.replace(new RegExp(`${name}"[^"]*"`), `${name}"${String(value)}"`));
    },
    changes: async () => api.writes().length,
    close: () => api.close(),
  };
}

async function unleashGround(): Promise<Ground> {
  const unleash = await startUnleash();
  const features = "/projects/default/features";
  for (const route of routes) {
    const payload = { type: "json", value: JSON.stringify({ model: first.model, max_tokens: first.max_tokens }) };
    const variants = [{ name: "config", weight: 1000, weightType: "variable", stickiness: "default", payload }];
    const parameters = { rollout: "100", stickiness: "default", groupId: "llm" };
    const at = `${features}/llm-${route}/environments/development`;
    await unleash.ask("POST", features, { name: `llm-${route}`, type: "operational" });
    await unleash.ask("POST", `${at}/strategies`, { name: "flexibleRollout", parameters, constraints: [], variants });
    await unleash.ask("POST", `${at}/on`);
  }
  interface Feature {
    environments: {
      name: string;
      enabled: boolean;
      strategies: { id: string; variants: { payload: { value: string } }[] }[];
    }[];
  }
  const flag = async (route: string) => {
    const { environments } = (await unleash.ask("GET", `${features}/llm-${route}`)) as Feature;
    return environments.find(({ name }) => name === "development")!;
  };
  const at = "/strategies/0/variants/0/payload/value";
  const pointed = (["model", "max_tokens"] as const)
    .map((setting) => `${setting}: { at: "llm-{route}", pointer: ${at}/${setting} }`)
    .join(", ");
  const settingsText = `url: "${unleash.url}", token: { env: UNLEASH_TOKEN }, environment: development`;
  return {
    name: "unleash",
    project: `{ unleash: { ${settingsText}, levers: { enabled: "llm-{route}", ${pointed} } } }`,
    env: { UNLEASH_TOKEN: unleash.token },
    bytes: async () => JSON.stringify(await Promise.all(routes.map(async (route) => unleash.told(`llm-${route}`)))),
    async value(setting, route) {
      const { enabled, strategies } = await flag(route);
      if (setting === "enabled") return enabled;
      const value = JSON.parse(strategies[0]!.variants[0]!.payload.value) as Record<string, unknown>;
      return value[setting];
    },
    async set(setting, route, value) {
      const { strategies } = await flag(route);
      const path = `${features}/llm-${route}/environments/development/strategies/${strategies[0]!.id}`;
      const now = JSON.parse(strategies[0]!.variants[0]!.payload.value) as Record<string, unknown>;
      const text = JSON.stringify({ ...now, [setting]: value });
      await unleash.ask("PATCH", path, [{ op: "replace", path: "/variants/0/payload/value", value: text }]);
    },
    changes: async () => undefined,
    close: () => unleash.stop(),
  };
}

/** Each by the name of its target. */
export const fakeGrounds: Readonly<Record<string, () => Promise<Ground>>> = {
  consul: consulGround,
  kubernetes: kubernetesGround,
  unleash: unleashGround,
};
