import { describe, expect, it } from "vitest";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { fastClock, realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { listen } from "../../src/world/server.ts";
import { fakeWorld } from "../fake/world.ts";

describe("a sandbox on a real port and a fast clock", () => {
  it("serves traffic that goes on by itself, follows its settings, and is gone when closed", async () => {
    const clock = fastClock(realClock, 600);
    const http = openHttp({}, realClock);
    const world = { ...fakeWorld(), clock, listen, http };
    const sandbox = await startSandbox(world, { folder: "/sandbox", seed: 7, mode: "both", tickMs: 5000 });
    const send = async (method: "GET" | "PATCH", path: string, body?: object, condition?: string) => {
      const headers = {
        "content-type": "application/json",
        ...(condition === undefined ? {} : { "if-match": condition }),
      };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const result = await http({ method, url: sandbox.url + path, deadlineMs: 5000, headers, ...text });
      return "failed" in result ? { status: 0, headers: {} as Record<string, string>, body: result.failed } : result;
    };
    const live = () => world.files.all()["/sandbox/calls/live.jsonl"] ?? "";

    for (let tries = 0; live() === "" && tries < 1000; tries++) await clock.sleep(5000);
    expect(live()).toMatch(/^\{"timestamp":/);
    const path = "/config/routes/support.reply";
    const { headers } = await send("GET", path);
    expect((await send("PATCH", path, { max_tokens: 512 }, headers["etag"])).status).toBe(200);
    expect((await send("PATCH", path, { max_tokens: 99 }, headers["etag"])).status).toBe(412);
    expect((await send("GET", "/metrics")).headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");

    await sandbox.close();
    const after = live();
    await clock.sleep(60_000);
    expect(live()).toBe(after);
    expect((await send("GET", "/healthz")).status).toBe(0);
  });
});
