import { createServer as createTcp, connect, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/world/clock.ts";
import { openHttp, type HttpRequest } from "../../src/world/http.ts";
import { openWire, type Wire } from "./wire.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function wire(...given: Parameters<typeof openWire>): Promise<Wire> {
  const opened = await openWire(...given);
  closing.push(() => opened.close());
  return opened;
}

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

describe("F09, F12: the client repeats nothing by itself, whatever a method is called", () => {
  it.each<HttpRequest["method"]>(["PUT", "POST", "PATCH", "DELETE", "GET", "HEAD"])(
    "%s on a kept connection that the server resets when it arrives",
    async (method) => {
      const http = openHttp({}, realClock);
      const { url, requests, connections } = await wire((s, nth) => {
        if (nth === 1) s.write(ok);
        else s.resetAndDestroy();
      });
      expect(connections).toBe(0);
      await http({ method: "GET", url, deadlineMs: 5000 });
      const answer = await http({ method, url, deadlineMs: 5000, ...(method === "PUT" ? { body: "{}" } : {}) });
      expect(answer).toMatchObject({ sent: true, failed: expect.stringContaining("closed the connection") as string });
      expect(requests.map((text) => text.split(" ")[0])).toEqual(["GET", method]);
    },
  );

  it("a PUT on a connection that is closed at any moment around it arrives once or not at all", async () => {
    // the server closes the kept connection after 0, 1, 2 … ms: before, while and after the second request leaves
    const http = openHttp({}, realClock);
    for (let wait = 0; wait < 40; wait++) {
      const { url, requests } = await wire((s, nth) => {
        if (nth > 1) return void s.write(ok);
        s.write(ok);
        setTimeout(() => (wait % 2 === 0 ? s.destroy() : s.end()), wait / 8);
      });
      await http({ method: "GET", url, deadlineMs: 5000 });
      await new Promise((go) => setTimeout(go, wait / 10));
      const answer = await http({ method: "PUT", url, body: "{}", deadlineMs: 5000 });
      const puts = requests.filter((text) => text.startsWith("PUT")).length;
      expect(puts).toBeLessThanOrEqual(1);
      if ("status" in answer) expect(puts).toBe(1);
      else if (!answer.sent) expect(puts).toBe(0);
    }
  });

  it("a write that asks for a connection of its own arrives where the kept one is closed at that moment", async () => {
    const http = openHttp({}, realClock);
    for (let wait = 0; wait < 20; wait++) {
      const kept = await wire((s, nth) => {
        s.write(ok);
        if (nth === 1) setTimeout(() => s.destroy(), wait / 8);
      });
      await http({ method: "GET", url: kept.url, deadlineMs: 5000 });
      await new Promise((go) => setTimeout(go, wait / 10));
      expect(await http({ method: "PUT", url: kept.url, body: "{}", deadlineMs: 5000, fresh: true })).toMatchObject({
        status: 200,
      });
      expect(kept.connections).toBe(2);
    }
  });

  it("F10: what was given up before it was connected is never sent afterwards", async () => {
    const { host, requests } = await wire((s) => void s.write(ok));
    // a relay that is slow to be there: connected at once, and everything held back for a while
    const sockets: Socket[] = [];
    const relay = createTcp({ pauseOnConnect: true }, (near) => {
      sockets.push(near);
      near.on("error", () => {});
      setTimeout(() => {
        const far = connect(Number(host.split(":")[1]), "127.0.0.1");
        far.on("error", () => {});
        sockets.push(far);
        near.pipe(far).pipe(near);
      }, 300);
    });
    relay.listen(0, "127.0.0.1");
    await once(relay, "listening");
    closing.push(async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((done) => relay.close(done));
    });
    const port = (relay.address() as AddressInfo).port;
    const http = openHttp({}, realClock);
    // https: the handshake is what takes long; nothing of the request may leave before it is over
    const answer = await http({ method: "PUT", url: `https://127.0.0.1:${port}/`, body: "{}", deadlineMs: 100 });
    expect(answer).toMatchObject({ sent: false, failed: `no connection to 127.0.0.1:${port} within 100 ms` });
    await new Promise((go) => setTimeout(go, 600));
    expect(requests).toEqual([]);
  });
});

describe("I6: an interrupt", () => {
  it.each<[string, (socket: Socket) => void]>([
    ["before an answer", () => {}],
    ["in the headers", (s) => void s.write("HTTP/1.1 200 OK\r\nx-a: ")],
    ["in the body", (s) => void s.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf")],
  ])("%s ends the call at once", async (_, reply) => {
    const stop = new AbortController();
    const { url, host } = await wire((s) => {
      reply(s);
      setTimeout(() => stop.abort(new Error("Ctrl-C")), 30);
    });
    const http = openHttp({}, realClock);
    const answer = await http({ method: "GET", url, deadlineMs: 60_000, signal: stop.signal });
    expect(answer).toMatchObject({ failed: `the request to ${host} was interrupted`, sent: true });
    expect(answer).not.toHaveProperty("passing");
    expect(answer.ms).toBeLessThan(10_000);
  });

  it("that came before leaves nothing to send", async () => {
    const { url, requests } = await wire((s) => void s.write(ok));
    const http = openHttp({}, realClock);
    const signal = AbortSignal.abort(new Error("Ctrl-C"));
    expect(await http({ method: "PUT", url, body: "x", deadlineMs: 5000, signal })).toMatchObject({ sent: false });
    expect(requests).toEqual([]);
  });
});
