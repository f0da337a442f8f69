import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../fake/world.ts";
import { metricsAt, scraped, seriesOf, store, told, visit, type Store } from "./place.ts";

const host = "m.test:9090";
const vllm = store(seriesOf(scraped[2]!));

/** The first trouble of a project whose metrics answer so. */
async function troubleWith(answer: FakeAnswer, more = "", env: Record<string, string> = {}) {
  const { code, troubles } = await told(
    `stack: vllm\n${metricsAt(`http://${host}`, more)}`,
    { [host]: answer },
    { env },
  );
  return { code, ...troubles[0]! };
}

describe("who does not answer", () => {
  it.each<[string, FakeAnswer, string, string, RegExp, RegExp]>([
    [
      "G12: a dead source",
      { failed: `nothing listens on ${host} (connection refused)` },
      "",
      "",
      /^source metrics: nothing listens on m\.test:9090/,
      /^start it, or mend url of metrics: llmops\.yaml:2$/,
    ],
    [
      "401 without credentials",
      { status: 401, body: "no" },
      "",
      "",
      /m\.test:9090 answered 401: it wants credentials: set bearer or basic/,
      /^mend the credentials of metrics: llmops\.yaml:2$/,
    ],
    [
      "401 with credentials",
      { status: 401, body: "no" },
      ", bearer: { env: TOKEN }",
      "s3cret-token",
      /answered 401: it refused the credentials/,
      /^mend the credentials of metrics: llmops\.yaml:2$/,
    ],
    [
      "a missing secret",
      {},
      ", bearer: { env: TOKEN }",
      "",
      /a secret is needed, but environment variable TOKEN is not set/,
      /^export TOKEN=…, then llmops doctor$/,
    ],
    [
      "a self-signed certificate",
      { failed: "the certificate of m.test is self-signed: name its CA file if you trust it" },
      "",
      "",
      /self-signed/,
      /^name it, if you trust it: ca: FILE at metrics, llmops\.yaml:2$/,
    ],
    [
      "an expired certificate",
      { failed: "the certificate of m.test has expired" },
      "",
      "",
      /has expired/,
      /^renew the certificate there, or mend url of metrics: llmops\.yaml:2$/,
    ],
    [
      "a login page",
      { body: "<html><title>Sign in \u001b[31mnow\u202e</title>" },
      "",
      "",
      /answered a web page \("Sign in \\u001b\[31mnow\\u202e"\) instead of JSON: .* not a login page\?$/,
      /^mend metrics: llmops\.yaml:2$/,
    ],
    [
      "a redirect",
      { status: 302, headers: { location: "https://sso.test/" } },
      "",
      "",
      /redirecting to https:\/\/sso\.test\/: put the final address into url/,
      /^mend metrics: llmops\.yaml:2$/,
    ],
  ])("%s", async (_, answer, more, token, says, next) => {
    const found = await troubleWith(answer, more, token === "" ? {} : { TOKEN: token });
    expect(found).toMatchObject({ code: 1, needed: true });
    expect(found.says).toMatch(says);
    expect(found.next).toMatch(next);
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });

  it("a source that cannot be read leaves its signals unknown, and all that is else", async () => {
    const found = await told(`stack: vllm\n${metricsAt(`http://${host}`)}`, { [host]: { status: 503, body: "" } });
    expect(found.code).toBe(1);
    expect(new Set(found.signals.filter(({ state }) => state !== "not available").map(({ state }) => state))).toEqual(
      new Set(["not known"]),
    );
    expect(found.held).toEqual([]);
    expect(found.runbooks.count).toBeGreaterThan(5);
  });

  it("one who never answers holds nobody up: all ends within fifteen seconds", async () => {
    const project = `
stack: vllm
sources:
  one: { prometheus: { url: "http://slow.test", deadline: 60s } }
  two: { prometheus: { url: "http://${host}" } }
  three: { loki: { url: "http://slow.test" } }
targets: { gateway: { http: { url: "http://slow.test", levers: { enabled: "/{route}" } } } }
status_pages: { provider: "http://slow.test" }
`;
    const { world, code, screen } = await visit(project, {
      "slow.test": { body: "{}", takesMs: 600_000 },
      [host]: vllm,
    });
    expect(code).toBe(1);
    expect(world.clock.monotonic()).toBeLessThanOrEqual(15_000);
    expect(screen).toContain("two 12 ms");
    expect(screen.match(/^! /gm)).toHaveLength(3);
    expect(screen).toMatch(/^\? status page provider: /m);
  });

  it("names that drip in after the check are waited for no longer either", async () => {
    const slow: Store = (request, now) => ({
      ...vllm(request, now),
      takesMs: request.url.includes("/label/") ? 600_000 : 12,
    });
    const { world, code, screen } = await visit(`stack: vllm\n${metricsAt(`http://${host}`)}`, { [host]: slow });
    expect(code).toBe(0);
    expect(world.clock.monotonic()).toBeLessThanOrEqual(15_000);
    expect(screen).toContain("? source metrics: what metrics it has could not be read");
  });

  it("a store without an API for names is no trouble for the rest", async () => {
    const without: Store = (request, now) =>
      request.url.includes("/label/") ? { status: 404, body: "404 page not found" } : vllm(request, now);
    const found = await told(`stack: vllm\n${metricsAt(`http://${host}`)}`, { [host]: without });
    expect(found.code).toBe(0);
    expect(found.troubles[0]!.says).toMatch(
      /^source metrics: what metrics it has could not be read: m\.test:9090 has no query API below/,
    );
  });
});

describe("sinks, records of changes and status pages", () => {
  const project = `
stack: vllm
${metricsAt(`http://${host}`)}
sinks: { team: { pushgateway: { url: "http://push.test:9091/base", headers: { authorization: { env: PUSH_TOKEN } } } } }
changes: { deploys: { file: { path: changes.jsonl } } }
status_pages: { provider: "https://status.test" }
`;
  const page = { body: JSON.stringify({ status: { indicator: "none", description: "All Systems Operational" } }) };

  it("that are there; a sink is asked and nothing is pushed", async () => {
    const { world, screen } = await visit(
      project,
      { [host]: vllm, "push.test:9091": { body: "OK" }, "status.test": page },
      { env: { PUSH_TOKEN: "s3cret-push-1" }, files: { "changes.jsonl": "" } },
    );
    expect(screen).toMatch(
      /sources +metrics 12 ms[^·]*changes +deploys 0 changes[^·]*sinks +team 0 ms[^·]*pages +provider All/,
    );
    const pushed = world.requests.filter(({ url }) => url.startsWith("http://push.test"));
    expect(pushed.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET http://push.test:9091/base/-/ready"]);
    expect(pushed[0]!.headers).toEqual({ authorization: "s3cret-push-1" });
    expect(new Set(world.requests.map(({ method }) => method))).toEqual(new Set(["GET", "POST"]));
  });

  it("that are not are told and no reason to fail, but for a secret", async () => {
    const hosts = { [host]: vllm, "push.test:9091": { body: "<html>hello" }, "status.test": { status: 500 } };
    const found = await told(project, hosts, { env: { PUSH_TOKEN: "s3cret-push-1" } });
    expect(found.code).toBe(0);
    expect(found.troubles.slice(0, 3).map(({ needed, says }) => [needed, says])).toEqual([
      [false, "sink team: push.test:9091 answered 200 with a web page: is it a Pushgateway?"],
      [false, "changes deploys: there is no file /home/dana/shop/changes.jsonl"],
      [false, "status page provider: it answers 500"],
    ]);
    const without = await told(project, { ...hosts });
    expect(without.code).toBe(1);
    expect(without.troubles[0]).toMatchObject({ needed: true, next: "export PUSH_TOKEN=…, then llmops doctor" });
  });
});

describe("clocks", () => {
  const at = (offsetMs: number, more: Record<string, string> = {}) => {
    const date = new Date(Date.parse("2026-11-21T03:12:04Z") + offsetMs).toUTCString();
    return store(seriesOf(scraped[2]!), 30, { headers: { date, ...more } });
  };
  const clockOf = async (answer: Store) => {
    const { code, troubles, clocks } = await told(`stack: vllm\n${metricsAt(`http://${host}`)}`, { [host]: answer });
    return { code, clocks, said: troubles.map(({ says }) => says).filter((says) => says.includes("clock")) };
  };

  it("that agree are in one line; one that is off is told, and by how much", async () => {
    const fine = await clockOf(at(0));
    expect(fine).toMatchObject({ code: 0, said: [] });
    expect(Math.abs(fine.clocks[0]!.aheadMs)).toBeLessThan(1000);
    expect((await clockOf(at(-150_000))).said).toEqual([
      "the clock of m.test:9090 is 2m 29s behind ours: what is read as now is not",
    ]);
    expect((await clockOf(at(31_000))).said[0]).toMatch(/^the clock of m\.test:9090 is 31s ahead of ours/);
  });

  it("what a cache kept is as much older; nonsense says nothing", async () => {
    expect(await clockOf(at(-90_000, { age: "90" }))).toMatchObject({ said: [] });
    expect(await clockOf(store(seriesOf(scraped[2]!), 30, { headers: { date: "yesterday" } }))).toMatchObject({
      clocks: [],
      said: [],
    });
  });
});

describe("untrusted text", () => {
  const evil = 'x"} or vector(1) \u001b]0;owned\u0007\u202e\nnext line';
  it("of label values, metric names and answers is shown escaped", async () => {
    const series = [
      ...seriesOf(scraped[2]!).map((labels) => ({ ...labels, ...(labels["model_name"] && { model_name: evil }) })),
      { __name__: evil, job: "vllm" },
    ];
    const { code, screen } = await visit(`stack: vllm\n${metricsAt(`http://${host}`)}`, { [host]: store(series) });
    expect(code).toBe(0);
    expect(screen).toMatch(/model +model_name in metrics: x"\} or vector\(1\)/);
    // oxlint-disable-next-line no-control-regex
    expect(screen).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    const { screen: json } = await visit(
      `stack: vllm\n${metricsAt(`http://${host}`)}`,
      { [host]: store(series) },
      { json: true },
    );
    // oxlint-disable-next-line no-control-regex
    expect(json.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f\u202e]/);
    expect((JSON.parse(json) as { dimensions: { values: string[] }[] }).dimensions[3]!.values).toEqual([evil]);
  });
});
