import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { loki } from "../../src/sources/loki.ts";
import type { Query, SourceKind } from "../../src/sources/source.ts";
import { victorialogs } from "../../src/sources/victorialogs.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld } from "../fake/world.ts";
import { readRecorded } from "../sources/recorded.ts";
import { openWire, pour, type Wire } from "./wire.ts";

const wires: Wire[] = [];
afterEach(async () => {
  for (const wire of wires.splice(0)) await wire.close();
});
async function wire(...given: Parameters<typeof openWire>): Promise<Wire> {
  const opened = await openWire(...given);
  wires.push(opened);
  return opened;
}

const world: World = { ...fakeWorld(), clock: realClock, http: openHttp({}, realClock) };
const at = Date.parse("2026-11-21T10:34:00Z");
const chunked = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const whole = (text: string) => `${chunked}${chunk(text)}0\r\n\r\n`;

/** The two stores: a question for figures, and what a body of log lines looks like. */
// oxlint-disable-next-line typescript/no-explicit-any
const stores: { kind: SourceKind<any>; errors: string; query: Query; start: string; line: string; end: string }[] = [
  {
    kind: loki,
    errors: '{app="a"} | json',
    query: { logql: 'sum(rate({app="a"}[5m]))' },
    start: '{"status":"success","data":{"resultType":"streams","result":[',
    line: '{"stream":{"app":"a"},"values":[["1795257217710000000","timeout after 30s"]]},',
    end: '{"stream":{},"values":[]}]}}',
  },
  {
    kind: victorialogs,
    errors: 'app:="a"',
    query: { logsql: "_time:5m app:a | stats count()" },
    start: "",
    line: '{"_time":"2026-11-21T10:33:37.71Z","_msg":"timeout after 30s","app":"a"}\n',
    end: "",
  },
];

describe.each(stores.map((store) => [store.kind.kind, store] as const))("%s", (_, store) => {
  const { kind, errors, query, start, line, end } = store;
  const open = (url: string, deadline = "5s") =>
    kind.open(checkValue(kind.schema, { url, errors, deadline }).value as never, world, "/");
  const range = { scope: {}, from: at - 900_000, to: at, limit: 5000 };

  it("G05, I6: 500 MB of lines are cut at 8 MiB, asked for in smaller pieces, and told in a sentence", async () => {
    let poured = 0;
    const block = line.repeat(5000);
    const served = await wire((socket) => {
      pour(socket, chunk(block), `${chunked}${start === "" ? "" : chunk(start)}`);
      socket.on("close", () => (poured += socket.bytesWritten));
    });
    const answer = await open(served.url).errors!(range);
    expect(answer).toMatchObject({ error: `the answer of ${served.host} is larger than 8 MiB` });
    expect(served.requests.map((request) => /limit(?:=|%20|\+)(\d+)/.exec(decodeURIComponent(request))?.[1])).toEqual([
      "5000",
      "625",
      "78",
    ]);
    await served.close();
    // three times nearly what is read at most: what a socket counts as written differs by a buffer
    expect(poured).toBeGreaterThan(20 << 20);
    expect(poured).toBeLessThan(100 << 20);
  }, 30_000);

  it("G05: fewer lines that do fit are read, and it is told that there are more", async () => {
    const { url } = await wire((socket, nth) => {
      if (nth === 1) pour(socket, chunk(line.repeat(5000)), `${chunked}${start === "" ? "" : chunk(start)}`);
      else socket.write(whole(`${start}${line.repeat(625)}${end}`));
    });
    const answer = await open(url).errors!(range);
    expect(answer).toMatchObject({ warnings: ["only the newest 625 lines were read"] });
    expect("data" in answer && answer.data).toHaveLength(625);
  });

  it("G05: 500 MB of figures are a failure in words", async () => {
    const { url, host, requests } = await wire((socket) => pour(socket, chunk(" ".repeat(1 << 20)), chunked));
    expect(await open(url).instant(query, at)).toMatchObject({ error: `the answer of ${host} is larger than 4 MiB` });
    expect(requests).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    [
      "dies in the middle of a line",
      (s) => s.end(`${chunked}${chunk(`${start}${line.slice(0, 30)}`)}`),
      /was cut short, tried 3 times$/,
    ],
    ["dies between lines", (s) => s.end(`${chunked}${chunk(start + line)}`), /was cut short, tried 3 times$/],
    ["is reset", (s) => s.resetAndDestroy(), /closed the connection without an answer, tried 3 times$/],
    [
      "ends, but in the middle of its JSON",
      (s) => s.write(whole('{"status":"succ')),
      /answered "\{"status":"succ" instead of /,
    ],
  ])("G04: an answer that %s is no shorter answer", async (_name, reply, error) => {
    const { url } = await wire(reply);
    const source = open(url);
    for (const answer of [await source.errors!(range), await source.instant(query, at)])
      expect(answer).toMatchObject({ error: expect.stringMatching(error) as string });
  });

  it("G04: an answer that drips is given up at the deadline", async () => {
    const drips = new Set<NodeJS.Timeout>();
    const { url, host } = await wire((socket) => {
      socket.write(chunked);
      drips.add(setInterval(() => socket.write(chunk(" ")), 20));
    });
    const answer = await open(url, "300ms").errors!(range);
    for (const drip of drips) clearInterval(drip);
    expect(answer).toMatchObject({ error: `the answer of ${host} was not complete within 300 ms` });
  });
});

it("G04: VictoriaLogs that breaks its chunks where it gave up is understood as a failure", async () => {
  const { body } = readRecorded("victorialogs")["limit-error-stats-query-timeout-broken-chunking"]!;
  const { url } = await wire((socket) => socket.end(`${chunked}${body}`));
  const set = victorialogs.schema.parse({ url });
  const answer = await victorialogs.open(set, world, "/").instant({ logsql: "_time:5m * | stats count()" }, at);
  expect(answer).toMatchObject({ error: expect.stringMatching(/was cut short|not HTTP/) as string });
});
