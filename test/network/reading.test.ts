import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/world/clock.ts";
import { openHttp, type HttpResult } from "../../src/world/http.ts";
import { readHttp, retryAfter, type Tried } from "../../src/world/httpRead.ts";
import { fakeClock } from "../fake/clock.ts";
import { openWire, type Wire } from "./wire.ts";

const start = Date.parse("2026-11-21T03:12:04Z");
const request = { method: "GET", url: "http://gateway.test/x", deadlineMs: 10_000 } as const;
const said = (status: number, headers: Record<string, string> = {}, body = ""): HttpResult => ({
  status,
  headers,
  trailers: {},
  body,
  ms: 0,
});
const refused: HttpResult = { failed: "nothing listens on gateway.test:80", sent: false, passing: true, ms: 0 };

/** Reads while the other side gives one answer after the other, then the last again; `at`: when each was asked for. */
async function read(answers: HttpResult[], more: { deadlineMs?: number; takesMs?: number } = {}) {
  const clock = fakeClock(start);
  const at: number[] = [];
  const left: number[] = [];
  const result: Tried = await readHttp(
    {
      clock,
      random: { id: () => "", fraction: () => 0.5 },
      interrupted: new AbortController().signal,
      async http(asked) {
        at.push(clock.now() - start);
        left.push(asked.deadlineMs);
        await clock.sleep(more.takesMs ?? 0);
        return answers[Math.min(at.length, answers.length) - 1]!;
      },
    },
    { ...request, deadlineMs: more.deadlineMs ?? 10_000 },
  );
  return { result, at, left };
}

describe("F09: a read is repeated where that may help", () => {
  it.each<[string, HttpResult]>([
    ["502", said(502)],
    ["503", said(503)],
    ["504", said(504)],
    ["429", said(429)],
    ["nothing listens", refused],
  ])("%s twice, then an answer", async (_, bad) => {
    const { result, at } = await read([bad, bad, said(200, {}, "1")]);
    expect(result).toMatchObject({ status: 200, body: "1", tries: 3 });
    expect(at).toEqual([0, 150, 600]);
  });

  it.each<[string, HttpResult]>([
    ["500", said(500)],
    ["401", said(401)],
    ["302", said(302)],
    ["404", said(404)],
    ["a certificate", { failed: "the certificate has expired", sent: false, ms: 0 }],
    ["a deadline", { failed: "did not answer within 10s", sent: true, ms: 0 }],
  ])("not: %s", async (_, bad) => {
    expect((await read([bad, said(200)])).result).toMatchObject({ ...bad, tries: 1 });
  });

  it("at most twice, and never past the deadline of the whole call", async () => {
    expect((await read([said(503)])).result).toMatchObject({ status: 503, tries: 3 });
    const slow = await read([said(503)], { deadlineMs: 1000, takesMs: 400 });
    expect(slow.at).toEqual([0, 550]);
    expect(slow.left).toEqual([1000, 450]);
    expect(slow.result).toMatchObject({ tries: 2 });
  });

  it("spreads the repeats, so that many do not come back in one moment", async () => {
    const waits = async (fraction: number) => {
      const clock = fakeClock(start);
      const at: number[] = [];
      await readHttp(
        {
          clock,
          random: { id: () => "", fraction: () => fraction },
          interrupted: new AbortController().signal,
          http: async () => (at.push(clock.now() - start), said(503)),
        },
        request,
      );
      return at;
    };
    expect(await waits(0)).toEqual([0, 75, 300]);
    expect(await waits(0.999)).toEqual([0, 225, 900]);
  });

  it("tells how long it took in the reader's own time, however fast a demo runs", async () => {
    const clock = Object.assign(fakeClock(start), { speed: 20 });
    const http = async () => (await clock.sleep(4000), said(200));
    const never = new AbortController().signal;
    const world = { clock, http, random: { id: () => "", fraction: () => 0.5 }, interrupted: never };
    expect((await readHttp(world, request)).ms).toBe(200);
  });

  it("stops at an interrupt; one that came before does not stop the read-back of a write", async () => {
    const clock = fakeClock(start);
    const signals: (AbortSignal | undefined)[] = [];
    const ask = (interrupted: AbortSignal, during = () => {}) =>
      readHttp(
        {
          clock,
          random: { id: () => "", fraction: () => 0.5 },
          interrupted,
          async http({ signal }) {
            signals.push(signal);
            during();
            return said(503);
          },
        },
        request,
      );
    const stop = new AbortController();
    expect(await ask(stop.signal, () => stop.abort(new Error("Ctrl-C")))).toMatchObject({ status: 503, tries: 1 });
    expect(signals).toEqual([stop.signal]);
    expect(await ask(stop.signal)).toMatchObject({ tries: 3 });
    expect(signals.slice(1)).toEqual([undefined, undefined, undefined]);
  });
});

describe("F07: Retry-After", () => {
  it.each<[string, number | undefined]>([
    ["2", 2000],
    ["0", 0],
    ["99999", 99_999_000],
    ["Sat, 21 Nov 2026 03:12:14 GMT", 10_000],
    ["Sat, 21 Nov 2020 03:12:14 GMT", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["1e9", undefined],
    ["soon", undefined],
    ["Wed, 21 Oct", undefined],
    ["99999999999999999999", undefined],
    ["", undefined],
  ])("%j", (header, ms) => {
    expect(retryAfter(header, start)).toBe(ms);
  });

  it.each<[string, number[]]>([
    ["2", [0, 2000, 4000]],
    ["0", [0, 150, 600]],
    ["99999", [0]],
    ["Sat, 21 Nov 2026 03:12:06 GMT", [0, 2000, 2450]],
    ["-1", [0, 150, 600]],
    ["soon", [0, 150, 600]],
  ])("%j to a read: waited for when it is short", async (header, at) => {
    expect((await read([said(429, { "retry-after": header })])).at).toEqual(at);
  });
});

describe("F09: against a real server", () => {
  const wires: Wire[] = [];
  afterEach(async () => {
    for (const wire of wires.splice(0)) await wire.close();
  });

  it("a read whose connection is cut twice is asked for three times, a write through the same Http once", async () => {
    const wire = await openWire((s, nth) =>
      nth < 3 ? void s.resetAndDestroy() : void s.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
    );
    wires.push(wire);
    const http = openHttp({}, realClock);
    const world = {
      http,
      clock: realClock,
      random: { id: () => "", fraction: () => 0 },
      interrupted: new AbortController().signal,
    };
    expect(await readHttp(world, { ...request, url: wire.url })).toMatchObject({ status: 200, tries: 3 });
    expect(wire.requests).toHaveLength(3);
  });
});
