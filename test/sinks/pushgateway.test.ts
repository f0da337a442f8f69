import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "../../src/document/document.ts";
import { expose } from "../../src/exposition.ts";
import { sinkKinds } from "../../src/sinks/index.ts";
import { pushgateway } from "../../src/sinks/pushgateway.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import { incidentMetrics } from "../../src/timeline/metrics.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld, type FakeAnswer } from "../fake/world.ts";
import { isMissing, startDaemon, type Daemon } from "../parts/daemon.ts";

const folder = "/home/dana/shop";
const text = "# TYPE llmops_open_incidents gauge\nllmops_open_incidents 1\n";

/** Pushes once to a gateway that answers so; what was sent and what came of it. */
async function push(answer: FakeAnswer, settings: object = {}, env: Record<string, string> = {}) {
  const world = fakeWorld({ routes: () => answer, env });
  const set = pushgateway.schema.parse({ url: "http://push:9091", ...settings });
  const reach = await pushgateway.open(set, world, folder).push(text);
  return { reach, request: world.requests[0] };
}

describe("pushgateway", () => {
  it("replaces the group of job llmops", async () => {
    const { reach, request } = await push({ status: 200, takesMs: 12 });
    expect(reach).toEqual({ ok: true, say: "12 ms", ms: 12 });
    expect(request).toMatchObject({
      method: "PUT",
      url: "http://push:9091/metrics/job/llmops",
      body: text,
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  });

  it.each([
    [{ url: "http://push:9091/gateway/" }, "http://push:9091/gateway/metrics/job/llmops"],
    [
      { grouping: { team: "ai platform", env: "eu/1" } },
      "http://push:9091/metrics/job/llmops/team/ai%20platform/env@base64/ZXUvMQ",
    ],
    [{ grouping: { team: "" } }, "http://push:9091/metrics/job/llmops/team@base64/="],
    [{ grouping: { team: ".." } }, "http://push:9091/metrics/job/llmops/team@base64/Li4"],
  ])("with %j goes to %s", async (settings, url) => {
    expect((await push({ status: 202 }, settings)).request!.url).toBe(url);
  });

  it("sends secret headers, and pushes nothing when one is missing", async () => {
    const settings = { headers: { Authorization: { env: "PUSH_TOKEN" } } };
    const { request } = await push({ status: 200 }, settings, { PUSH_TOKEN: "Bearer s3cret" });
    expect(request!.headers!["authorization"]).toBe("Bearer s3cret");
    const without = await push({ status: 200 }, settings);
    expect(without.request).toBeUndefined();
    expect(without.reach.ok).toBe(false);
    expect(without.reach.say).toContain("PUSH_TOKEN");
  });

  it.each<[string, FakeAnswer, string]>([
    [
      "a refusal",
      { status: 401, body: "Unauthorized\n" },
      "push:9091 answered 401: it refused the credentials in headers",
    ],
    [
      "bad text (as 1.5.1 and 1.11.2 say it)",
      { status: 400, body: "text format parsing error in line 1: unexpected end of input stream\n" },
      "push:9091 did not take the metrics: text format parsing error in line 1: unexpected end of input stream",
    ],
    [
      "a redirect",
      { status: 301, headers: { location: "/metrics/job/incident/INC-1" } },
      "push:9091 answered 301, redirecting to /metrics/job/incident/INC-1: put the final address into url",
    ],
    [
      "a login page",
      { status: 200, body: "\n<!doctype html><title>Log in</title>" },
      "push:9091 answered 200 with a web page: is it a Pushgateway?",
    ],
    ["another server", { status: 404, body: "404 page not found\n" }, "push:9091 answered 404: is it a Pushgateway?"],
    ["a hostile body", { status: 500, body: "\u001b[2Jgone" }, "push:9091 answered 500: \\u001b[2Jgone"],
    [
      "nobody there",
      { failed: "nothing listens on push:9091 (connection refused)" },
      "nothing listens on push:9091 (connection refused)",
    ],
    ["silence", { takesMs: 60_000 }, "push:9091: no answer within 10s"],
  ])("says in plain words: %s", async (_, answer, say) => {
    expect((await push(answer)).reach).toMatchObject({ ok: false, say });
  });

  it.each([
    [{ url: "push:9091" }, "url"],
    [{ url: "http://dana:secret@push:9091" }, "url"],
    [{ url: "http://push", grouping: { "a/b": "c" } }, "grouping"],
    [{ url: "http://push", token: "x" }, ""],
  ])("does not take the settings %j", (settings, path) => {
    const result = pushgateway.schema.safeParse(settings);
    expect(result.success).toBe(false);
    expect(result.error!.issues[0]!.path.join(".")).toContain(path);
  });

  it("is listed, and says what its settings look like", async () => {
    expect(await sinkKinds["pushgateway"]!()).toBe(pushgateway);
    const settings = parseDocument(pushgateway.example, "example.yaml").document?.value;
    expect(pushgateway.schema.safeParse(settings)).toMatchObject({ success: true });
  });
});

describe.skipIf(isMissing("prometheus-pushgateway"))("a real prometheus-pushgateway", () => {
  let url: string;
  let gateway: Daemon;

  beforeAll(async () => {
    gateway = await startDaemon(
      "prometheus-pushgateway",
      ({ ports: [port] }) => ({
        url: `http://127.0.0.1:${port}`,
        argv: [`--web.listen-address=127.0.0.1:${port}`, "--persistence.file="],
      }),
      async (at) => (await fetch(`${at}/-/ready`)).ok,
    );
    ({ url } = gateway);
  });
  afterAll(() => gateway.stop());

  /** as the Pushgateway shows them to Prometheus */
  async function shown(): Promise<string[]> {
    const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
    return lines.filter((line) => /^llmops_(open|incidents|time_to_acknowledge_seconds_count)/.test(line));
  }
  function open(settings: object = {}) {
    const world = { ...fakeWorld(), http: openHttp({}, realClock) };
    return pushgateway.open(pushgateway.schema.parse({ url, grouping: { team: "eu/1" }, ...settings }), world, folder);
  }
  const blank = foldIncident([]);

  it("takes our metrics, and forgets what is no longer so", async () => {
    const one = { ...blank, class: "cost" as const, severity: "SEV2" as const, openedAt: 0, acknowledgedAt: 60_000 };
    expect(await open().push(await expose(incidentMetrics([one])))).toMatchObject({ ok: true });
    const on = 'instance="",job="llmops"';
    expect(await shown()).toEqual([
      `llmops_incidents{class="cost",${on},severity="SEV2",state="open",team="eu/1"} 1`,
      `llmops_incidents_total{class="cost",${on},severity="none",team="eu/1"} 1`,
      `llmops_open_incidents{${on},team="eu/1"} 1`,
      `llmops_time_to_acknowledge_seconds_count{class="cost",${on},team="eu/1"} 1`,
    ]);
    expect(await open().push(await expose(incidentMetrics([])))).toMatchObject({ ok: true });
    expect(await shown()).toEqual([`llmops_open_incidents{${on},team="eu/1"} 0`]);
  });

  it("tells why it did not take them", async () => {
    const reach = await open().push("llmops_open_incidents{ 1\n");
    expect(reach.ok).toBe(false);
    expect(reach.say).toMatch(/^127\.0\.0\.1:\d+ did not take the metrics: text format parsing error in line 1/);
  });

  it("is told apart from what is no Pushgateway", async () => {
    const reach = await open({ url: `${url}/api` }).push(text);
    expect(reach.say).toMatch(/is it a Pushgateway\?$/);
  });
});
