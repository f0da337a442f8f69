import { afterEach, describe, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parsePromql } from "../../src/queries/promql.ts";
import { rewrite } from "../../src/queries/rewrite.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { prometheus } from "../../src/sources/prometheus.ts";
import { pushgateway } from "../../src/sinks/pushgateway.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld, type FakeAnswer } from "../fake/world.ts";
import { setStage, type Set } from "../scenario/stage.ts";
import { spike } from "../scenario/spike.ts";
import { openPlace } from "../torture/place.ts";

const servers: Server[] = [];
const removes: (() => void)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  for (const remove of removes.splice(0)) remove();
});

interface Served {
  url: string;
  asked: { line: string; form: URLSearchParams }[];
}

async function serve(answer: RequestListener): Promise<Served> {
  const served: Served = { url: "", asked: [] };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      served.asked.push({ line: `${request.method} ${request.url}`, form: new URLSearchParams(body) });
      answer(request, response);
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return served;
}

const world = (env: Record<string, string> = {}): World => ({
  ...fakeWorld({ env }),
  clock: realClock,
  http: openHttp({}, realClock),
});
const source = (settings: object, env?: Record<string, string>) =>
  prometheus.open(checkValue(prometheus.schema, settings).value as never, world(env), "/");

const answer = (data: unknown, more: object = {}): FakeAnswer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ status: "success", data, ...more }),
});
const play = (more: Partial<Set>) => setStage({ ...spike, ...more });
const scripted = ["incident", "start", "--alert", "alert.json", "--answers", "answers.yaml"];

describe("F16, F17: a source or sink that redirects", () => {
  it.each([301, 302, 303, 307, 308])("%i: nobody else is asked, and nobody else learns the token", async (status) => {
    const evil = await serve((_, response) => void response.end("evil"));
    const lured = await serve((_, response) => void response.writeHead(status, { location: `${evil.url}/x` }).end());
    const read = source({ url: lured.url, bearer: { env: "T" } }, { T: "s3cret" });
    const said = await read.instant({ promql: "up" }, 0);
    expect(said).toMatchObject({ error: expect.stringContaining(`answered ${status}, redirecting to`) as string });
    const sink = pushgateway.open(
      { url: lured.url, headers: { authorization: { env: "T" } } },
      world({ T: "s3cret" }),
      "/",
    );
    expect(await sink.push("x 1\n")).toMatchObject({ ok: false });
    expect(lured.asked.map(({ line }) => line)).toEqual(["POST /api/v1/query", "PUT /metrics/job/llmops"]);
    expect(evil.asked).toEqual([]);
  });

  it("a push is never repeated", async () => {
    const busy = await serve((_, response) => void response.writeHead(503).end());
    const sink = pushgateway.open({ url: busy.url }, world(), "/");
    expect(await sink.push("x 1\n")).toMatchObject({ ok: false });
    expect(busy.asked).toHaveLength(1);
  });
});

describe("G03: an answer with warnings", () => {
  it("is shown, recorded and reported as what may be partial", async () => {
    const at = Date.UTC(2026, 10, 21, 3, 12, 4) / 1000;
    const result = [{ metric: {}, values: Array.from({ length: 13 }, (_, i) => [at - (12 - i) * 300, "7"]) }];
    const warnings = ["store \u001b[31mgateway-2 did not answer"];
    const files = { ...spike.files, "answers.yaml": "cause: traffic\n" };
    const stage = play({ files, prometheus: () => answer({ resultType: "matrix", result }, { warnings }) });
    expect(await stage.llmops(...scripted)).toBe(0);
    const { screen } = stage.world.terminal;
    expect(screen.replaceAll(/\s+/g, " ")).toContain(
      "the answer may be partial: store \\u001b[31mgateway-2 did not answer",
    );
    const { cwd } = stage.world;
    const [id] = await stage.world.files.list(`${cwd}/.llmops/incidents`);
    const timeline = (await stage.world.files.read(`${cwd}/.llmops/incidents/${id!}/timeline.jsonl`))!;
    expect(timeline).toContain('"warnings":["store');
    expect(await stage.llmops("incident", "show", id!, "--timeline")).toBe(0);
    expect(stage.world.terminal.screen.replaceAll(/\s+/g, " ")).toContain("may be partial: store");
  });
});

describe("G09: what disappears after a change", () => {
  it("has not recovered: no series, and a counter that began anew, prove nothing", async () => {
    for (const gone of [[], [{ metric: {}, values: [[0, "NaN"]] }]]) {
      let written = false;
      const stage = play({
        onWrite: (_, apply) => {
          written = true;
          apply();
          return undefined;
        },
        prometheus: () => (written ? answer({ resultType: "matrix", result: gone }) : undefined),
      });
      const mitigate = "mitigate token-clamp --scope route=support.reply --reason cost --yes --with max_tokens=512";
      expect(await stage.llmops(...mitigate.split(" "))).toBe(1);
      expect(stage.writes).toHaveLength(1);
      const { files, cwd } = stage.world;
      const [id] = await files.list(`${cwd}/.llmops/incidents`);
      const timeline = (await files.read(`${cwd}/.llmops/incidents/${id!}/timeline.jsonl`))!;
      expect(timeline).not.toMatch(/"type":"(in-effect|helped)".*"verdict":"(yes|helped)"/);
    }
  });
});

describe("G12: Prometheus is down", () => {
  it("the walk goes on by hand, and says what was not read", async () => {
    const served = await serve(() => {});
    const place = openPlace(`stack: seed\nsources: { metrics: { prometheus: { url: "${served.url}" } } }\n`);
    removes.push(place.remove);
    for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
    writeFileSync(join(place.folder, "answers.yaml"), "cause: nothing\n");
    const ended = await place.llmops(["incident", "start", "cost-spike", "--answers", "answers.yaml"]);
    expect(ended.code).toBe(0);
    const screen = ended.stderr.replaceAll(/\s+/g, " ");
    expect(screen).toMatch(/error: nothing listens on 127\.0\.0\.1:\d+ \(connection refused\), tried 3 times/);
    expect(screen).toContain("What drives the cost?");
    expect(place.timeline()).toContain('"type":"answered"');
    expect(place.timeline()).not.toContain('"verdict":"healthy"');
  });
});

describe("G10: a name from outside in a query", () => {
  const names = [
    'gpt"} or vector(0) #',
    "a|b",
    ".*",
    "\\",
    '"',
    "x\ny",
    "a\u0000b",
    "münchen\u202e",
    "{{ $labels.x }}",
  ];
  const shape = (text: string) => {
    const kinds: string[] = [];
    parsePromql(text).iterate({ enter: (node) => void kinds.push(node.name) });
    return kinds;
  };

  it.each(names)("%j arrives as one text, beside a pattern too", async (value) => {
    const served = await serve((_, response) => {
      response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    });
    const read = source({ url: served.url });
    const filtered = (model: string) => {
      const made = rewrite('sum(rate(x{b=~"c.*|d"}[5m]))', { filters: () => [{ label: "model", value: model }] });
      if ("refused" in made) throw new Error(made.refused);
      return made.promql;
    };
    await read.instant({ promql: filtered(value) }, 0);
    const received = served.asked[0]!.form.get("query")!;
    expect(received).toBe(filtered(value));
    expect(shape(received)).toEqual(shape(filtered("gpt")));
    expect([...served.asked[0]!.form.keys()].sort()).toEqual(["query", "time", "timeout"]);
  });
});

describe("G13: UTF-8 names of Prometheus 3", () => {
  it.each([
    ['{"my.metric"}', '{"my.metric",model="gpt"}'],
    ['sum(rate({"my.metric", "a.b"="c"}[5m]))', 'sum(rate({"my.metric", "a.b"="c",model="gpt"}[5m]))'],
    ['sum by ("a.b") ({"my.metric"})', 'sum by ("a.b") ({"my.metric",model="gpt"})'],
  ])("%s is read and narrowed", (text, wanted) => {
    expect(rewrite(text, { filters: () => [{ label: "model", value: "gpt" }] })).toEqual({ promql: wanted });
  });
});
