import { describe, expect, it } from "vitest";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { listen } from "../../src/world/server.ts";

const http = openHttp({}, realClock);
const here = { host: "127.0.0.1", port: 0 } as const;

describe("a server of our own", () => {
  it("hands over the request and sends the answer", async () => {
    const serving = await listen(here, async (request) => ({
      status: 201,
      headers: { etag: '"1"' },
      body: JSON.stringify([request.method, request.path, [...request.query], request.headers["x-a"], request.body]),
    }));
    const url = `${serving.url}/v1/a%2Fb?c=d&c=%3F`;
    const answer = await http({ method: "PUT", url, headers: { "X-A": "b" }, body: "ä", deadlineMs: 5000 });
    expect(answer).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    expect(JSON.parse("body" in answer ? answer.body : "")).toEqual([
      "PUT",
      "/v1/a%2Fb",
      [
        ["c", "d"],
        ["c", "?"],
      ],
      "b",
      "ä",
    ]);
    await serving.close();
    expect(await http({ method: "GET", url, deadlineMs: 5000 })).toMatchObject({ sent: false });
  });

  it("answers 500 when it is at a loss, and goes on", async () => {
    const serving = await listen(here, async ({ path }) => {
      if (path === "/bug") throw new Error("secret inside");
      if (path === "/header") return { status: 200, headers: { a: "b\r\nc: d" } };
      return { status: 200, body: "fine" };
    });
    const ask = (path: string) => http({ method: "GET", url: serving.url + path, deadlineMs: 5000 });
    expect(await ask("/bug")).toMatchObject({ status: 500, body: "internal error\n" });
    expect(await ask("/header")).toMatchObject({ sent: true });
    expect(await ask("/")).toMatchObject({ status: 200, body: "fine" });
    await serving.close();
  });

  it("refuses a body beyond 16 MiB", async () => {
    const serving = await listen(here, async () => ({ status: 200 }));
    const body = "x".repeat(17 * 1024 * 1024);
    const answer = await http({ method: "POST", url: serving.url, body, deadlineMs: 10_000 });
    expect("status" in answer ? answer.status : "closed").not.toBe(200);
    await serving.close();
  });

  it("says when the port is taken", async () => {
    const serving = await listen(here, async () => ({ status: 200 }));
    const port = Number(new URL(serving.url).port);
    await expect(listen({ ...here, port }, async () => ({ status: 200 }))).rejects.toMatchObject({
      what: `cannot listen on 127.0.0.1:${port}: another program listens there`,
    });
    await serving.close();
  });
});
