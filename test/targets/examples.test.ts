import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openProject, parseProject } from "../../src/project.ts";
import type { Setting } from "../../src/timeline/setting.ts";
import type { Json } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import type { Exchange } from "../fake/http.ts";
import { fakeWorld } from "../fake/world.ts";

const folder = "templates/targets";
const names = readdirSync(folder).map((file) => basename(file, ".yaml"));
const text = (name: string) => readFileSync(join(folder, `${name}.yaml`), "utf8");

/** One lever of an example, as the service's documentation says that it is read and written. */
interface Documented {
  name: string;
  setting: Setting;
  route: string;
  before: Json;
  after: Json;
  /** variables that the example names, with what they hold */
  env: Record<string, string>;
  /** headers of every request, without what is secret */
  read: string;
  /** what the service answers while it holds a value */
  document(value: Json): unknown;
  write: { to: string; type?: string; body(value: Json): unknown; answer: { status?: number; body: string } };
}

const token = "s3cret-token-123456";

const documented: Documented[] = [
  {
    name: "launchdarkly",
    setting: "enabled",
    route: "support.reply",
    before: true,
    after: false,
    env: { LAUNCHDARKLY_TOKEN: token },
    read: "GET https://app.launchdarkly.com/api/v2/flags/shop/llm-support.reply?env=production authorization=<token>",
    document: (on) => ({
      key: "llm-support.reply",
      kind: "boolean",
      _version: 3,
      environments: {
        production: { on, archived: false, offVariation: 1, fallthrough: { variation: 0 }, version: 12 },
      },
    }),
    write: {
      to: "PATCH https://app.launchdarkly.com/api/v2/flags/shop/llm-support.reply authorization=<token>",
      type: "application/json; domain-model=launchdarkly.semanticpatch",
      body: (on) => ({
        environmentKey: "production",
        comment: "INC-1121-aaaa: answers cost ten times as much",
        instructions: [{ kind: on === true ? "turnFlagOn" : "turnFlagOff" }],
      }),
      answer: { body: '{"key":"llm-support.reply"}' },
    },
  },
  ...(["max_tokens", "model", "max_retries"] as const).map((setting): Documented => {
    const [before, after] = { max_tokens: [4096, 512], model: ["gpt-4o", "gpt-4o-mini"], max_retries: [5, 0] }[
      setting
    ] as [Json, Json];
    const config = (value: Json) => ({
      retry: { attempts: setting === "max_retries" ? value : 5, on_status_codes: [429, 529] },
      cache: { mode: "simple", max_age: 3600 },
      strategy: { mode: "fallback" },
      override_params: {
        max_tokens: setting === "max_tokens" ? value : 4096,
        model: setting === "model" ? value : "gpt-4o",
      },
      targets: [{ provider: "@openai-xx-23" }, { provider: "@azure-openai-xx-12" }],
    });
    return {
      name: "portkey",
      setting,
      route: "support.reply",
      before,
      after,
      env: { PORTKEY_API_KEY: token },
      read: "GET https://api.portkey.ai/v1/configs/pc-suppor-1a2b3c x-portkey-api-key=<token>",
      document: (value) => ({ success: true, data: { config: config(value) } }),
      write: {
        to: "PUT https://api.portkey.ai/v1/configs/pc-suppor-1a2b3c x-portkey-api-key=<token>",
        body: (value) => ({ config: config(value) }),
        answer: { body: '{"success":true,"data":{"version_id":"4e54a1a4-109c-43ee-b0f7-11e7d60b0066"}}' },
      },
    };
  }),
  {
    name: "kong",
    setting: "enabled",
    route: "support.reply",
    before: true,
    after: false,
    env: { KONG_ADMIN_TOKEN: token },
    read: "GET http://127.0.0.1:8001/plugins/kill-support.reply kong-admin-token=<token>",
    document: (on) => ({
      id: "e0f1",
      name: "request-termination",
      instance_name: "kill-support.reply",
      enabled: on !== true,
      config: { status_code: 503, message: "down" },
      route: { id: "r1" },
    }),
    write: {
      to: "PATCH http://127.0.0.1:8001/plugins/kill-support.reply kong-admin-token=<token>",
      body: (on) => ({ enabled: on !== true }),
      answer: { body: '{"id":"e0f1"}' },
    },
  },
  {
    name: "kong",
    setting: "model",
    route: "support.reply",
    before: "gpt-4o",
    after: "gpt-4o-mini",
    env: { KONG_ADMIN_TOKEN: token },
    read: "GET http://127.0.0.1:8001/plugins/proxy-support.reply kong-admin-token=<token>",
    document: (name) => ({
      id: "e0f2",
      name: "ai-proxy-advanced",
      enabled: true,
      config: { balancer: { retries: 5 }, targets: kongTargets(name) },
    }),
    write: {
      to: "PATCH http://127.0.0.1:8001/plugins/proxy-support.reply kong-admin-token=<token>",
      body: (name) => ({ config: { targets: kongTargets(name) } }),
      answer: { body: '{"id":"e0f2"}' },
    },
  },
  {
    name: "configcat",
    setting: "enabled",
    route: "support_reply",
    before: true,
    after: false,
    env: { CONFIGCAT_BASIC: token, CONFIGCAT_SDK_KEY: "sdk-key-123456" },
    read: "GET https://api.configcat.com/v1/settings/llm_support_reply/value authorization=<token> x-configcat-sdkkey=sdk-key-123456",
    document: (value) => ({
      rolloutPercentageItems: [],
      rolloutRules: [],
      value,
      setting: { settingId: 1, key: "llm_support_reply", settingType: "boolean" },
    }),
    write: {
      to: "PATCH https://api.configcat.com/v1/settings/llm_support_reply/value?reason=answers%20cost%20ten%20times%20as%20much authorization=<token> x-configcat-sdkkey=sdk-key-123456",
      body: (value) => [{ op: "replace", path: "/value", value }],
      answer: { body: '{"rolloutPercentageItems":[],"rolloutRules":[],"value":false}' },
    },
  },
  {
    name: "growthbook",
    setting: "enabled",
    route: "support.reply",
    before: true,
    after: false,
    env: { GROWTHBOOK_AUTHORIZATION: `Bearer ${token}` },
    read: "GET https://api.growthbook.io/api/v1/features/llm-support.reply authorization=Bearer <token>",
    document: (enabled) => ({
      feature: {
        id: "llm-support.reply",
        valueType: "boolean",
        defaultValue: "true",
        environments: { production: { enabled, defaultValue: "true", rules: [] }, dev: { enabled: true } },
      },
    }),
    write: {
      to: "POST https://api.growthbook.io/api/v1/features/llm-support.reply/toggle authorization=Bearer <token>",
      body: (enabled) => ({
        reason: "INC-1121-aaaa: answers cost ten times as much",
        environments: { production: enabled },
      }),
      answer: { body: '{"feature":{"id":"llm-support.reply"}}' },
    },
  },
  {
    name: "flagsmith",
    setting: "enabled",
    route: "support_reply",
    before: true,
    after: false,
    env: { FLAGSMITH_AUTHORIZATION: `Api-Key ${token}` },
    read: "GET https://api.flagsmith.com/api/v1/environments/ENVIRONMENT_KEY/featurestates/?feature_name=llm_support_reply authorization=Api-Key <token>",
    document: (enabled) => ({
      count: 1,
      next: null,
      previous: null,
      results: [{ id: 4711, enabled, feature_state_value: null, feature: 60, environment: 5 }],
    }),
    write: {
      to: "PATCH https://api.flagsmith.com/api/v1/environments/ENVIRONMENT_KEY/featurestates/4711/ authorization=Api-Key <token>",
      body: (enabled) => ({ enabled }),
      answer: { body: '{"id":4711}' },
    },
  },
  {
    name: "langfuse-prompts",
    setting: "prompt_version",
    route: "support/reply",
    before: 7,
    after: 6,
    env: { LANGFUSE_AUTHORIZATION: `Basic ${token}` },
    read: "GET https://cloud.langfuse.com/api/public/v2/prompts/support%2Freply?label=production authorization=Basic <token>",
    document: (version) => ({
      name: "support/reply",
      type: "text",
      version,
      labels: ["production"],
      tags: [],
      config: {},
      prompt: "You are kind.",
    }),
    write: {
      to: "PATCH https://cloud.langfuse.com/api/public/v2/prompts/support%2Freply/versions/{value} authorization=Basic <token>",
      body: () => ({ newLabels: ["production"] }),
      answer: { body: '{"name":"support/reply","version":6,"labels":["production"]}' },
    },
  },
];

function kongTargets(name: Json) {
  const one = { route_type: "llm/v1/chat", model: { provider: "openai", name }, weight: 80 };
  return [one, { route_type: "llm/v1/chat", model: { provider: "mistral", name: "mistral-small" }, weight: 20 }];
}

describe("every example of a service", () => {
  it.each(names)("%s is a project file without findings, and says what it does not do", async (name) => {
    const { config, findings } = await parseProject(text(name), `${name}.yaml`);
    expect(findings).toEqual([]);
    expect(Object.keys(config!.targets)).toEqual([name]);
    const told = name === "flagd" ? [] : ["Credentials:", "No condition:", "not run against"];
    for (const word of [...told, "In effect:", "Undo:"]) expect(text(name)).toContain(word);
  });

  it("is replayed below, lever by lever", async () => {
    const levers: string[] = [];
    for (const name of names) {
      const { targets } = (await parseProject(text(name), name)).config!;
      const settings = Object.keys((targets[name]!.settings as { levers: object }).levers);
      levers.push(...settings.map((setting) => `${name} ${setting}`));
    }
    const elsewhere = ["flagd enabled"];
    expect([...documented.map(({ name, setting }) => `${name} ${setting}`), ...elsewhere].sort()).toEqual(
      levers.sort(),
    );
  });
});

describe("an example sends what the service documents, and nothing else", () => {
  it.each(documented.map((one) => [`${one.name}: ${one.setting}`, one] as const))("%s", async (_, one) => {
    const get = (value: Json): Exchange => {
      const { url, headers } = parts(one.read);
      return { method: "GET", url, headers, answer: { body: JSON.stringify(one.document(value)) } };
    };
    const send = (value: Json): Exchange => {
      const { method, url, headers } = parts(one.write.to.replace("{value}", JSON.stringify(value)));
      const type = { "content-type": one.write.type ?? "application/json" };
      return {
        method,
        url,
        headers: { ...headers, ...type },
        body: JSON.stringify(one.write.body(value)),
        answer: one.write.answer,
      };
    };
    const { before, after } = one;
    const world = fakeWorld({
      files: { "llmops.yaml": text(one.name) },
      env: one.env,
      // read for the plan; write; read back and plan the undo; undo
      exchanges: [get(before), get(before), send(after), get(after), get(after), send(before)],
    });
    const project = await openProject(world);
    const target = project.targets[0]!.open();
    expect(world.requests).toEqual([]);
    const scope = target.levers.find(({ setting }) => setting === one.setting)!.scope.includes("route")
      ? { route: one.route }
      : {};
    const move = async (id: string, from: Json, to: Json) => {
      const read = await target.read(one.setting, scope);
      expect(read).toMatchObject({ value: { is: from } });
      const change = {
        id,
        mitigation: "x",
        target: one.name,
        setting: one.setting,
        scope,
        before: { is: from },
        after: { is: to },
        version: null,
      };
      expect(await target.write(change, cause)).toEqual({ written: true, version: null });
    };
    await move("m1", before, after);
    await move("m2", after, before);
    world.verify();
    const allowed = new Set(["accept", "content-type", ...Object.keys(parts(one.read).headers)]);
    for (const { headers = {} } of world.requests)
      expect(Object.keys(headers).filter((name) => !allowed.has(name))).toEqual([]);
    expect(target.levers.every(({ conditional }) => !conditional)).toBe(true);
  });
});

/** "GET https://… name=value name=value", where a value may hold one space and <token>. */
function parts(line: string): { method: Exchange["method"]; url: string; headers: Record<string, string> } {
  const [method, url, ...rest] = line.split(" ");
  const pairs = rest.join(" ").matchAll(/([a-z-]+)=(.*?)(?= [a-z-]+=|$)/g);
  const headers = Object.fromEntries([...pairs].map(([, name, value]) => [name!, value!.replace("<token>", token)]));
  return { method: method as Exchange["method"], url: url!, headers };
}
