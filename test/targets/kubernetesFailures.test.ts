import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/targets/http.ts";
import { kubernetes } from "../../src/targets/kubernetes.ts";
import type { Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Written } from "../../src/timeline/setting.ts";
import { openExec } from "../../src/world/exec.ts";
import { notAnObject, openKubectl } from "../../src/world/kubectl.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld } from "../fake/world.ts";
import { gateway, hasKubectl, quotas, recorded, startApi, type Api, type Request } from "./kubernetesApi.ts";

const here = hasKubectl || process.env["CI"] !== undefined;
const map = recorded["get-configmap-200"]!.body;
const deployment = recorded["get-deployment-200"]!.body;
const cap = { max_tokens: "configmap/llm-quotas/max_tokens_per_request" };

const mistakes = (set: object) => checkValue(kubernetes.schema, set).mistakes.map(({ message }) => message);
const valid = { context: "lab", namespace: "ai", levers: cap };

function open(world: Parameters<typeof kubernetes.open>[1], more: object = {}): Target {
  const { value, mistakes: wrong } = checkValue(kubernetes.schema, { ...valid, ...more });
  expect(wrong).toEqual([]);
  return kubernetes.open(value!, world, "/project");
}

const started: Api[] = [];
afterEach(async () => {
  for (const api of started.splice(0)) await api.close();
});
async function start(objects: Record<string, string>): Promise<Api> {
  const api = await startApi(objects);
  started.push(api);
  return api;
}

const before = { is: 8192 };
const write = (target: Target, scope: Scope = {}): Promise<Written> =>
  target.write(
    {
      id: "m1",
      mitigation: "token-clamp",
      target: "t",
      setting: "max_tokens",
      scope,
      before,
      after: { is: 512 },
      version: "190",
    },
    cause,
  );

/** What stands in for the answer to the dry run, or to the write itself. */
type Instead = (response: ServerResponse, apply: () => void, request: Request) => unknown;
async function writeTo(at: "dry run" | "write", instead: Instead) {
  const api = await start({ [quotas]: map });
  api.instead = (request, response, apply) => {
    if (request.method !== "PUT" || request.query.has("dryRun") !== (at === "dry run")) return false;
    instead(response, apply, request);
    return true;
  };
  const written = await write(open(api.world()));
  return { api, written, said: JSON.stringify(written) };
}

describe("the settings of a kubernetes target", () => {
  it("O01: name their context: the current one is never taken", () => {
    const { context: _, ...none } = valid;
    expect(mistakes(none)).toHaveLength(1);
    expect(mistakes({ ...valid, context: "" })).toHaveLength(1);
  });

  it.each([
    ["configmap/llm-quotas/a b", "needs configmap/NAME/KEY"],
    ["configmap/../secrets/x", "needs configmap/NAME/KEY"],
    ["secret/keys/openai", "needs configmap/NAME/KEY"],
    ["deployment/llm/env", "needs configmap/NAME/KEY"],
    ["configmap/llm/env/X", "needs configmap/NAME/KEY"],
    ["cronjob/nightly/replicas", "needs configmap/NAME/KEY"],
    ["applications.argoproj.io/ai", "needs a pointer into the object, like /spec/suspend"],
  ])("refuse the address %s", (at, message) => {
    expect(mistakes({ ...valid, levers: { enabled: { at } } }).join()).toContain(message);
  });

  it("take a restart of a deployment, which other targets do not know", () => {
    const lever = { at: "configmap/llm-quotas/max", restart: "deployment/llm-gateway" };
    expect(
      kubernetes.levers(checkValue(kubernetes.schema, { ...valid, levers: { model: lever } }).value!),
    ).toMatchObject([{ restart: "deployment/llm-gateway" }]);
    expect(mistakes({ ...valid, levers: { model: { ...lever, restart: "pod/x" } } }).join()).toContain(
      "deployment/NAME",
    );
    const other = checkValue(http.schema, { url: "http://x", levers: { model: { at: "/m", restart: lever.restart } } });
    expect(other.mistakes.map(({ message }) => message)).toEqual(["unknown key `restart`"]);
  });
});

describe.skipIf(!here)("kubernetes: what cannot be read", () => {
  it.each([
    ["bad-token-401", "answered Unauthorized: it does not accept these credentials", "log in by hand"],
    ["get-configmap-forbidden-403", 'User "oncall" cannot get resource', "ask who runs the cluster for the right"],
    ["no-token-anonymous-403", 'User "system:anonymous"', "ask who runs the cluster for the right"],
    ["patch-configmap-broken-json-500", "answered an error: it failed", "see what is wrong with the cluster"],
  ])("F18, F19: %s is told in plain words with the next move", async (name, why, next) => {
    const api = await start({ [quotas]: map });
    api.instead = (_, response) => api.say(name, response);
    expect(await open(api.world()).read("max_tokens", {})).toEqual({
      error: expect.stringMatching(/^lab\/ai answered /),
      next: expect.stringContaining(next),
    });
    expect(await open(api.world()).check()).toMatchObject({ ok: false, say: expect.stringContaining(why) });
  });

  it("F19: what does not exist is told with what there is", async () => {
    const api = await start({ [quotas]: map });
    const levers = { max_tokens: "configmap/llm-quotas/{route}_per_request", model: "configmap/no-such-map/x" };
    const target = open(api.world(), { levers });
    expect(await target.read("max_tokens", { route: "max_token" })).toMatchObject({
      missing: true,
      nearest: ["max_tokens"],
    });
    expect(await target.read("model", {})).toMatchObject({
      missing: true,
      error: "lab/ai has no configmap no-such-map",
    });
  });

  it("O01: the context that is named and none else", async () => {
    const api = await start({ [quotas]: map });
    const gone = await open(api.world(), { context: "gone" }).read("max_tokens", {});
    expect(gone).toEqual({
      error: 'gone/ai: context "gone" does not exist',
      next: "see which there are (kubectl config get-contexts), and set context: in llmops.yaml",
    });
    const theirs = await open(api.world(), { context: "theirs" }).read("max_tokens", {});
    expect(theirs).toMatchObject({
      error: expect.stringMatching(/^theirs\/ai is not reached: .*127\.0\.0\.1:1 was refused/),
    });
    expect(api.asked).toEqual([]);
  });

  it("without kubectl, or without a login, it says so, and never asks", async () => {
    const none = { ...fakeWorld(), exec: openExec({ PATH: "/nonexistent" }) };
    expect(await open(none).read("max_tokens", {})).toEqual({
      error: "there is no program kubectl",
      next: expect.stringContaining("install kubectl (1.16 or newer)"),
    });
    const api = await start({ [quotas]: map });
    const read = (context: string) => open(api.world(), { context }).read("max_tokens", {});
    expect(await read("noPlugin")).toMatchObject({
      error: expect.stringContaining("no credentials: exec: executable no-such-login-plugin not found"),
      next: expect.stringContaining("log in by hand, where you can be asked (kubectl --context=noPlugin"),
    });
    expect(await read("expired")).toMatchObject({
      error: expect.stringContaining("your login has expired: run login-to-cloud"),
      next: expect.stringContaining("log in by hand"),
    });
    const waits = openKubectl(api.exec, { context: "waits", namespace: "ai" });
    expect(await waits.get(quotas, 1000)).toMatchObject({
      as: "unknown",
      why: expect.stringContaining("to sign in, open https://example.com/device"),
      next: expect.stringContaining("log in by hand"),
    });
    expect(api.asked).toEqual([]);
  });

  it("J06, J15: a name that is none in Kubernetes leads nowhere", async () => {
    const api = await start({ [quotas]: map });
    const levers = { max_tokens: "configmap/{route}/max", model: "deployment/llm-gateway/env/{route}" };
    const target = open(api.world(), { levers });
    for (const route of ["../../secrets/x", "a/b", "..", "a?x=1#", "%2e%2e", "A", "a b", "-x", "ä", "x\n"])
      expect(await target.read("max_tokens", { route }), route).toMatchObject({
        error: expect.stringContaining("holds what is no name in Kubernetes; nothing was sent"),
      });
    expect(await target.read("model", { route: "a/b" })).toHaveProperty("error");
    expect(api.asked).toEqual([]);
  });

  it("what is no text is refused in plain words: values from elsewhere, bytes, two of one name", async () => {
    const env =
      '"env":[{"name":"KEY","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}},{"name":"X","value":"1"},{"name":"X","value":"2"},';
    const api = await start({
      [gateway]: deployment.replace('"env":[', env),
      [quotas]: map.replace('"data":{', '"binaryData":{"blob":"AAA="},"data":{'),
    });
    const target = open(api.world(), {
      levers: {
        model: "deployment/llm-gateway/env/KEY",
        provider: "deployment/llm-gateway/env/X",
        cache: "deployment/llm-gateway/sidecar/env/X",
        max_tokens: "configmap/llm-quotas/blob",
      },
    });
    const why = async (setting: "model" | "provider" | "cache" | "max_tokens") => {
      const read = await target.read(setting, {});
      return "error" in read ? read.error : "";
    };
    expect(await why("model")).toContain("KEY takes its value from elsewhere (valueFrom): change it there");
    expect(await why("provider")).toContain("X is there 2 times: it has to be changed by hand");
    expect(await why("cache")).toContain("it has no container sidecar, only gateway, log-shipper");
    expect(await why("max_tokens")).toContain("blob is kept as bytes (binaryData), not as text");
  });
});

describe.skipIf(!here)("kubernetes: what the server would not take", () => {
  it.each([
    ["patch-configmap-forbidden-403", 'User "oncall" cannot patch resource', "ask who runs the cluster"],
    ["patch-configmap-immutable-422", "field is immutable when `immutable` is set", "choose a value that it accepts"],
    ["patch-configmap-missing-404", "there is no such thing", "see that the address"],
    ["patch-configmap-broken-json-500", "it failed", "see what is wrong with the cluster"],
    ["bad-token-401", "does not accept these credentials", "log in by hand"],
  ])("F19: %s is known before anything changes", async (name, why, next) => {
    const { api, written } = await writeTo("dry run", (response) => api_(response, name));
    expect(written).toEqual({ refused: true, why: expect.stringContaining(why), next: expect.stringContaining(next) });
    expect(api.writes()).toEqual([]);
    expect(api.objects.get(quotas)).toBe(map);
  });

  it("K01: an error that repeats the whole object is told without it, and without what is secret", async () => {
    for (const name of ["patch-configmap-number-value-422", "patch-deployment-annotation-boolean-422"]) {
      const { said } = await writeTo("dry run", (response) => api_(response, name));
      expect(said).toContain(
        "it does not accept this: The request is invalid: patch: Invalid value: (the object): v1.",
      );
      expect(said).not.toMatch(/managedFields|max_tokens_per_request|image|bigger context/);
      expect(said.length).toBeLessThan(500);
    }
    const { said } = await writeTo("dry run", (response) => {
      const message = "admission webhook denied it: api_key=sk-live-9999999999999999 is wrong\u001b]52;c;aGk=\u0007";
      const body = { kind: "Status", status: "Failure", message, reason: "Forbidden", code: 403 };
      response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    expect(said).toContain("admission webhook denied it");
    expect(said).not.toContain("9999");
    // oxlint-disable-next-line no-control-regex
    expect(JSON.parse(said).why).not.toMatch(/[\u0000-\u001f]/);
  });

  it("D03, F05: a lost compare-and-set is a conflict in both its dialects, and nothing is sent again", async () => {
    for (const [at, name] of [
      ["dry run", "put-configmap-stale-409"],
      ["write", "put-configmap-stale-409"],
      ["dry run", "patch-configmap-wrong-uid-422"],
    ] as const) {
      const { api, written } = await writeTo(at, (response) => api_(response, name));
      expect(written).toMatchObject({ conflict: true, live: before });
      expect(api.writes()).toHaveLength(at === "write" ? 1 : 0);
    }
  });
});

describe.skipIf(!here)("kubernetes: a write that nobody answered well", () => {
  it.each<[string, Instead, RegExp]>([
    ["breaks off", (response, apply) => (apply(), response.destroy()), /lab\/ai: Unable to connect to the server: EOF/],
    [
      "fails after it was done",
      (response, apply) => (apply(), api_(response, "patch-configmap-broken-json-500")),
      /it failed/,
    ],
    ["is a page", (response) => response.writeHead(200).end("<html>log in</html>"), /is a login in front of it/],
    ["is nothing", (response) => response.writeHead(200).end(), /answered no object/],
    ["is the old object", (response) => response.writeHead(200).end(map), /does not hold what was sent/],
    [
      "leads elsewhere",
      (response) => response.writeHead(302, { location: quotas }).end(),
      /does not hold what was sent/,
    ],
    ["leads elsewhere for good", (response) => response.writeHead(307, { location: quotas }).end(), /status code 307/],
    ["is cut", (response) => response.writeHead(200).end('{"kind":"ConfigMap","metada'), /cut off/],
    [
      "is another object",
      (response, _, { body }) => response.writeHead(200).end(body.replace(/"uid":"[^"]+"/, '"uid":"x"')),
      /does not hold what was sent/,
    ],
  ])("F01, F02, F08, F12, F16: that %s is unknown, and sent once", async (_, instead, why) => {
    const { api, written } = await writeTo("write", instead);
    expect(written).toMatchObject({ unknown: true, why: expect.stringMatching(why) });
    expect(api.writes()).toHaveLength(1);
  });

  it("F10: that timed out but landed is unknown, and seen by whoever reads", async () => {
    const api = await start({ [quotas]: map });
    api.instead = (request, _, apply) => (request.method === "PUT" ? (apply(), true) : false);
    const kubectl = openKubectl(api.exec, { context: "lab", namespace: "ai" });
    const body = map.replace('"8192"', '"512"');
    expect(await kubectl.replace(quotas, body, 1000)).toMatchObject({ as: "unknown" });
    expect(await open(api.world()).read("max_tokens", {})).toMatchObject({ value: { is: 512 } });
    expect(api.writes()).toHaveLength(1);
  });

  it("I04: that is out when Ctrl-C comes is waited for and can be read back; none is begun after it", async () => {
    const out = await writeTo("write", (response, apply, { body }) => {
      started.at(-1)!.interrupt();
      apply();
      setTimeout(() => response.writeHead(200).end(body.replace('"190"', '"1001"')), 200);
    });
    expect(out.written).toEqual({ written: true, version: "1001" });
    expect(await open(out.api.world()).read("max_tokens", {})).toMatchObject({ value: { is: 512 } });
    const before = await writeTo("dry run", (response, _, { body }) => {
      started.at(-1)!.interrupt();
      response.writeHead(200).end(body);
    });
    expect(before.written).toMatchObject({ refused: true, why: "kubectl was not started: interrupted" });
    expect(before.api.writes()).toEqual([]);
  });

  it("an object that is none of the API is told as that", () => {
    expect(notAnObject("[]", "lab/ai")).toContain("answered no object of the API");
    expect(notAnObject("{}", "lab/ai")).toBeUndefined();
  });
});

describe.skipIf(!here)("kubernetes: what one must know before changing it", () => {
  const labelled = (labels: string, annotations: string) =>
    map.replace('"labels":{"app":"llm-gateway"}', `"labels":{${labels}},"annotations":{${annotations}}`);
  const notes = async (object: string, lever: object = {}) => {
    const api = await start({ [quotas]: object });
    const levers = { max_tokens: { at: cap.max_tokens, settles: "90s", ...lever } };
    const read = await open(api.world(), { levers }).read("max_tokens", {});
    return "notes" in read ? read.notes : [];
  };

  it("who else takes care of it, and puts back what git says", async () => {
    expect(await notes(map)).toEqual([]);
    expect(await notes(labelled("", '"argocd.argoproj.io/tracking-id":"ai:/ConfigMap:ai/llm-quotas"'))).toEqual([
      "Argo CD manages it (ai): self-heal will put back what git says; suspend its sync first",
    ]);
    expect(await notes(labelled('"kustomize.toolkit.fluxcd.io/name":"ai"', ""))).toEqual([
      "Flux manages it (ai): it will put back what git says; suspend that kustomization first",
    ]);
    expect(
      await notes(labelled('"app.kubernetes.io/managed-by":"Helm"', '"meta.helm.sh/release-name":"gw\\u001b[2J"')),
    ).toEqual(["Helm installed it (gw\\u001b[2J): the next upgrade may put back what the chart says"]);
    expect(await notes(map.replace('"data"', '"immutable":true,"data"'))).toEqual([
      "it is immutable: the API server refuses every change of it",
    ]);
  });

  it("how a value gets to its readers, where the settings do not say", async () => {
    expect(await notes(map, { settles: undefined })).toEqual([expect.stringContaining("env or subPath never see it")]);
    expect(await notes(map, { settles: undefined, restart: "deployment/llm-gateway" })).toEqual([]);
    const api = await start({ [gateway]: deployment });
    const target = open(api.world(), {
      levers: {
        model: "deployment/llm-gateway/env/DEFAULT_MODEL",
        max_retries: "deployment/llm-gateway/replicas",
        cache: { at: "deployment/llm-gateway/annotation/x", create: true },
      },
    });
    expect(await target.read("model", {})).toMatchObject({
      notes: [expect.stringContaining("starts new pods (a rollout)")],
    });
    expect(await target.read("max_retries", {})).toMatchObject({ notes: [expect.stringContaining("autoscaler")] });
    expect(await target.read("cache", {})).toMatchObject({ notes: [expect.stringContaining("enforces nothing")] });
  });
});

function api_(response: ServerResponse, name: string): void {
  const { status, body } = recorded[name]!;
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}
