import { afterEach, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { kubernetes } from "../../src/targets/kubernetes.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Setting, Written } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import { conforms } from "./conform.ts";
import { gateway, hasKubectl, quotas, recorded, startApi, type Api } from "./kubernetesApi.ts";

const here = hasKubectl || process.env["CI"] !== undefined;
const scope: Scope = { route: "support.reply" };
const map = recorded["get-configmap-200"]!.body;
const deployment = recorded["get-deployment-200"]!.body;

function open(
  levers: Record<string, unknown>,
  world: Parameters<typeof kubernetes.open>[1],
  more: object = {},
): Target {
  const { value, mistakes } = checkValue(kubernetes.schema, { context: "lab", namespace: "ai", levers, ...more });
  expect(mistakes).toEqual([]);
  return kubernetes.open(value!, world, "/project");
}

const open_: Api[] = [];
afterEach(async () => {
  for (const api of open_.splice(0)) await api.close();
});
async function start(objects: Record<string, string>): Promise<Api> {
  const api = await startApi(objects);
  open_.push(api);
  return api;
}

type Found = Exclude<Read, { error: string }>;
async function read(target: Target, setting: Setting, of: Scope = {}): Promise<Found> {
  const found = await target.read(setting, of);
  if ("error" in found) throw new Error(found.error);
  return found;
}
async function write(target: Target, setting: Setting, after: Value, of: Scope = {}): Promise<Written> {
  const { value: before, version } = await read(target, setting, of);
  return target.write({ id: "m1", mitigation: "test", target: "t", setting, scope: of, before, after, version }, cause);
}

/** The recorded config map with what conform.ts wants in it, and what must keep its bytes beside that. */
const settled = map.replace(
  /"data":\{.*\}\}/,
  `"data":{"support.reply.enabled":"true","support.reply.max_tokens":"4096","support.reply.model":"gpt-4o","ä":" <&>\\u2028"},"x-tenant":12345678901234567890,"x-limit":1e400}`,
);

if (here)
  conforms("kubernetes", async () => {
    const api = await startApi({ [quotas]: settled });
    const data = () => (JSON.parse(api.objects.get(quotas)!) as { data: Record<string, string> }).data;
    let work: (() => Promise<void>) | undefined;
    api.instead = async ({ method, query }) => {
      if (method !== "PUT" || query.has("dryRun")) return false;
      const now = work;
      work = undefined;
      await now?.();
      return false;
    };
    const key = (name: string) => `configmap/llm-quotas/{route}.${name}`;
    return {
      target: open(
        {
          max_tokens: key("max_tokens"),
          model: key("model"),
          enabled: key("enabled"),
          timeout_ms: { at: key("timeout_ms"), create: true },
          rpm_limit: key("rpm_limit"),
        },
        api.world(),
      ),
      scope,
      live: async () => Number(data()["support.reply.max_tokens"]),
      beside: async () => api.objects.get(quotas)!.replace(/"resourceVersion":"\d+"/, ""),
      other: async (value) =>
        api.edit(quotas, (text) => text.replace(/("support\.reply\.max_tokens"):"\d+"/, `$1:"${value}"`)),
      before: (given) => void (work = given),
      writes: () => api.writes().length,
      close: () => api.close(),
    };
  });

describe.skipIf(!here)("kubernetes through the real kubectl: what is sent", () => {
  it("F28: asks the named cluster, first whether it would take the write, and sends that once, on condition", async () => {
    const api = await start({ [quotas]: map });
    const target = open({ max_tokens: "configmap/llm-quotas/max_tokens_per_request" }, api.world());
    expect(target.says).toBe("kubernetes lab/ai");
    const before = await read(target, "max_tokens");
    expect(before).toMatchObject({ value: { is: 8192 }, version: "190" });
    expect(before.identity).toMatch(
      /^kubernetes lab\/ai \(127\.0\.0\.1:\d+\), configmap llm-quotas, resourceVersion 190$/,
    );
    expect(api.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${quotas}`]);
    expect(await write(target, "max_tokens", { is: 512 })).toEqual({ written: true, version: "1001" });
    expect(
      api.asked.slice(2).map(({ method, path, query }) => `${method} ${path} ${query.get("dryRun") ?? ""}`),
    ).toEqual([`GET ${quotas} `, `PUT ${quotas} All`, `PUT ${quotas} `]);
    const [sent] = api.writes();
    expect(sent!.query.get("fieldManager")).toBe("llmops");
    expect(sent!.body).toBe(map.replace('"8192"', '"512"'));
  });

  it("F14: of an object only the value moves: big numbers, unknown fields and managed fields keep their bytes", async () => {
    const api = await start({ [quotas]: settled });
    const target = open({ max_tokens: "configmap/llm-quotas/{route}.max_tokens" }, api.world());
    await write(target, "max_tokens", { is: 512 }, scope);
    expect(api.writes()[0]!.body).toBe(settled.replace('"4096"', '"512"'));
    expect(api.writes()[0]!.body).toContain('"x-tenant":12345678901234567890,"x-limit":1e400');
  });

  it("changes one value inside a key that is YAML or JSON itself", async () => {
    const yaml = "routes:\n  support.reply: # the big one\n    max_tokens: 4096\n";
    const object = JSON.parse(map) as { data: Record<string, string> };
    object.data = { "routes.yaml": yaml, flags: '{"cache": {"on": true}}' };
    const api = await start({ [quotas]: JSON.stringify(object) });
    const target = open(
      {
        max_tokens: { at: "configmap/llm-quotas/routes.yaml", pointer: "/routes/{route}/max_tokens" },
        cache: { at: "configmap/llm-quotas/flags", pointer: "/cache/on" },
      },
      api.world(),
    );
    expect(await write(target, "max_tokens", { is: 512 }, scope)).toMatchObject({ written: true });
    expect(await write(target, "cache", { is: false })).toMatchObject({ written: true });
    const { data } = JSON.parse(api.objects.get(quotas)!) as typeof object;
    expect(data).toEqual({ "routes.yaml": yaml.replace("4096", "512"), flags: '{"cache": {"on": false}}' });
    expect(await target.list!("route")).toEqual(["support.reply"]);
  });

  it("moves env, annotations, replicas and suspend, and puts them back to the byte", async () => {
    const cron =
      '{"kind":"CronJob","metadata":{"name":"nightly","uid":"u","resourceVersion":"7"},"spec":{"suspend":false}}';
    const jobs = "/apis/batch/v1/namespaces/ai/cronjobs/nightly";
    const api = await start({ [gateway]: deployment, [jobs]: cron });
    const target = open(
      {
        model: "deployment/llm-gateway/env/DEFAULT_MODEL",
        cache: { at: "deployment/llm-gateway/gateway/env/CACHE_ENABLED" },
        max_tokens: { at: "deployment/llm-gateway/log-shipper/env/MAX_TOKENS", create: true },
        deploys_frozen: {
          at: "deployment/llm-gateway/annotation/example.com/deploy-freeze",
          true: "true",
          false: "false",
          create: true,
          enforced: false,
        },
        max_retries: "deployment/llm-gateway/replicas",
        retrieval: { at: "cronjob/nightly/suspend", true: false, false: true },
      },
      api.world(),
    );
    const bare = (path: string) => api.objects.get(path)!.replace(/"resourceVersion":"\d+"/, "");
    const was = [bare(gateway), bare(jobs)];
    const changes: [Setting, Value, Value][] = [
      ["model", { is: "gpt-4-1106-preview" }, { is: "gpt-4o-mini" }],
      ["cache", { is: false }, { is: true }],
      ["max_tokens", { absent: true }, { is: 512 }],
      ["max_retries", { is: 3 }, { is: 0 }],
      ["retrieval", { is: true }, { is: false }],
    ];
    for (const [setting, before, after] of changes) {
      expect(await read(target, setting)).toMatchObject({ value: before });
      expect(await write(target, setting, after)).toMatchObject({ written: true });
      expect(await read(target, setting)).toMatchObject({ value: after });
    }
    const spec = JSON.parse(api.objects.get(gateway)!) as {
      spec: { replicas: number; template: { spec: { containers: { env?: object[] }[] } } };
    };
    const [first, second] = spec.spec.template.spec.containers;
    expect(spec.spec.replicas).toBe(0);
    expect(first!.env).toContainEqual({ name: "DEFAULT_MODEL", value: "gpt-4o-mini" });
    expect(first!.env).toContainEqual({ name: "CACHE_ENABLED", value: "true" });
    expect(second!.env).toEqual([{ name: "MAX_TOKENS", value: "512" }]);
    for (const [setting, before] of changes.toReversed())
      expect(await write(target, setting, before)).toMatchObject({ written: true });
    expect([bare(gateway), bare(jobs)]).toEqual(was);
    expect(await write(target, "deploys_frozen", { is: true })).toMatchObject({ written: true });
    expect(JSON.parse(api.objects.get(gateway)!)).toMatchObject({
      metadata: { annotations: { "example.com/deploy-freeze": "true" } },
    });
  });

  it("finds the version of a custom resource's group once, and changes what a pointer leads to", async () => {
    const route = "/apis/aigateway.envoyproxy.io/v1beta1/namespaces/ai/aigatewayroutes/llm";
    const object =
      '{"kind":"AIGatewayRoute","metadata":{"name":"llm","uid":"u","resourceVersion":"7"},"spec":{"rules":[{"weight":1,"big":12345678901234567890}]}}';
    const group =
      '{"kind":"APIGroup","name":"x","versions":[],"preferredVersion":{"groupVersion":"aigateway.envoyproxy.io/v1beta1","version":"v1beta1"}}';
    const api = await start({ [route]: object, "/apis/aigateway.envoyproxy.io": group });
    const target = open(
      {
        enabled: {
          at: "aigatewayroutes.aigateway.envoyproxy.io/llm",
          pointer: "/spec/rules/0/weight",
          true: 1,
          false: 0,
        },
      },
      api.world(),
    );
    expect(await write(target, "enabled", { is: false })).toMatchObject({ written: true });
    expect(await read(target, "enabled")).toMatchObject({ value: { is: false } });
    expect(api.writes()[0]!.body).toBe(object.replace('"weight":1', '"weight":0'));
    expect(api.asked.filter(({ path }) => path === "/apis/aigateway.envoyproxy.io")).toHaveLength(1);
  });
});
