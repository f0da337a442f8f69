import { describe, expect, it } from "vitest";
import type { ChangeKind } from "../../src/changes/change.ts";
import { grafana } from "../../src/changes/grafana.ts";
import { langfuse } from "../../src/changes/langfuse.ts";
import { unleash } from "../../src/changes/unleash.ts";
import { fakeWorld, type FakeAnswer, type Routes } from "../fake/world.ts";
import { dataOf } from "../sources/recorded.ts";
import { readRecorded } from "./recorded.ts";

const recorded = readRecorded("unleash");
const day = 24 * 3_600_000;
const json = (body: unknown, status = 200): FakeAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

function stage<Settings>(kind: ChangeKind<Settings>, routes: Routes, more: object = {}) {
  const world = fakeWorld({ routes, env: { TOKEN: "test-token" } });
  const settings = { url: "https://there.test", headers: { authorization: { env: "TOKEN" } }, ...more };
  const log = kind.open(kind.schema.parse(settings), world, "/");
  const asked = () => world.requests.map(({ method, url }) => `${method} ${url.replace("https://there.test", "")}`);
  return { log, world, asked };
}

describe("unleash, as it was recorded", () => {
  const to = Date.parse("2026-11-21T11:00:00Z");
  /** which events are asked for, and how many, is ours to choose; the token is not */
  const events =
    (name: string): Routes =>
    ({ url, headers }) => {
      const { path, sent, ...answer } = recorded[name]!;
      const asked = (address: string) => new URL(address, "https://there.test").pathname;
      expect(headers).toMatchObject(sent);
      return asked(url) === asked(path)
        ? { status: answer.status, headers: answer.headers, body: answer.body }
        : undefined;
    };

  it("tells who turned a flag and how far it rolls out", async () => {
    const { log, asked } = stage(unleash, events("events-search-flag-200"));
    expect(dataOf(await log.changes(to - day, to))).toEqual([
      {
        at: Date.parse("2026-11-21T10:35:15.475Z"),
        what: "flag llm-kill-switch on in development",
        who: "llmops",
        where: { env: "development" },
        ref: "event 13",
      },
      {
        at: Date.parse("2026-11-21T10:35:15.425Z"),
        what: "flag llm-kill-switch: rollout 100% → 10% in development",
        who: "llmops",
        where: { env: "development" },
        ref: "event 12",
      },
    ]);
    expect(asked()).toEqual(["GET /api/admin/search/events?limit=100&offset=0"]);
  });

  it("leaves out what is no flag, what is of another environment, and what is too old", async () => {
    const whole = recorded["events-200"]!;
    const all: Routes = () => ({ status: 200, headers: whole.headers, body: whole.body });
    const said = async (more: object, from = to - day) =>
      dataOf(await stage(unleash, all, more).log.changes(from, to)).map(({ what }) => what);
    expect(await said({})).toEqual([
      "flag llm-kill-switch on in development",
      "flag llm-kill-switch: rollout 100% → 10% in development",
      "flag llm-kill-switch off in development",
      "flag llm-kill-switch on in development",
      "flag llm-kill-switch: strategy add in development",
      "flag llm-kill-switch: created",
    ]);
    expect(await said({ environment: "production" })).toEqual(["flag llm-kill-switch: created"]);
    expect(await said({ project: "other" })).toEqual([]);
    expect(await said({}, Date.parse("2026-11-21T10:35:15.400Z"))).toHaveLength(2);
  });

  it("reads on until the events are older than what was asked", async () => {
    const page = (offset: number) =>
      Array.from({ length: 100 }, (_, i) => ({
        id: 1000 - offset - i,
        type: "feature-environment-enabled",
        createdAt: new Date(to - (offset + i) * 60_000).toISOString(),
        featureName: `f${offset + i}`,
      }));
    const routes: Routes = ({ url }) => json({ events: page(Number(new URL(url).searchParams.get("offset"))) });
    const { log, asked } = stage(unleash, routes);
    expect(dataOf(await log.changes(to - 150 * 60_000, to))).toHaveLength(150);
    expect(asked()).toHaveLength(2);
    const long = await stage(unleash, routes).log.changes(to - day, to);
    expect(long).toMatchObject({ warnings: ["only the newest 500 events were read"] });
  });

  it.each([
    ["bad-token-401", "there.test answered 401: it refused the credentials"],
    ["client-token-on-admin-api-403", "there.test answered 403: these credentials may not query"],
  ])("says what %s means", async (name, error) => {
    const { status, headers, body } = recorded[name]!;
    const { log } = stage(unleash, () => ({ status, headers, body }));
    expect(await log.changes(to - day, to)).toMatchObject({ error });
    expect(await log.check()).toMatchObject({ ok: false, say: error });
  });
});

describe("grafana, as it is documented", () => {
  const to = Date.parse("2026-11-21T03:12:00Z");
  const at = to - 60_000;

  it("tells the annotations that have all tags", async () => {
    const rows = [
      { id: 7, time: at, timeEnd: at, text: "deployed 1.43", tags: ["deploy", "gateway"], login: "ci" },
      { id: 6, time: at - 5, text: "other team", tags: ["deploy"], login: "" },
      { id: 5, time: "yesterday", text: "broken", tags: ["deploy", "gateway"] },
    ];
    const { log, asked } = stage(grafana, () => json(rows), { tags: ["deploy", "gateway"] });
    expect(await log.changes(to - day, to)).toMatchObject({
      data: [{ at, what: "deployed 1.43", who: "ci", ref: "annotation 7" }],
      warnings: ["1 annotations could not be read"],
    });
    expect(asked()).toEqual([`GET /api/annotations?from=${to - day}&to=${to}&type=annotation&limit=500&tags=deploy`]);
  });

  it("says that a login page is no answer", async () => {
    const page = stage(grafana, () => ({ status: 200, body: "<html><title>Sign in</title></html>" }));
    expect(await page.log.changes(0, to)).toMatchObject({ error: expect.stringContaining('a web page ("Sign in")') });
    const other = stage(grafana, () => json({ message: "hello" }));
    expect(await other.log.changes(0, to)).toMatchObject({ error: expect.stringContaining("no list of annotations") });
  });
});

describe("langfuse, as it is documented", () => {
  const to = Date.parse("2026-11-21T03:12:00Z");
  const at = "2026-11-21T02:58:00.000Z";

  /** name → version → what the server tells of it */
  function server(prompts: Record<string, Record<number, object>>): Routes {
    return ({ url }) => {
      const { pathname, searchParams } = new URL(url);
      const list = "/api/public/v2/prompts";
      if (pathname === list) {
        const data = Object.entries(prompts).map(([name, versions]) => {
          return {
            name,
            type: "text",
            versions: Object.keys(versions).map(Number),
            labels: [],
            tags: [],
            lastUpdatedAt: at,
          };
        });
        return json({ data, meta: { page: 1, limit: 100, totalItems: data.length, totalPages: 1 } });
      }
      const name = decodeURIComponent(pathname.slice(list.length + 1));
      const found = prompts[name]?.[Number(searchParams.get("version"))];
      return found === undefined ? json({ message: "no such prompt" }, 404) : json({ name, tags: [], ...found });
    };
  }

  it("tells from which version to which a prompt went, and why", async () => {
    const { log, asked } = stage(
      langfuse,
      server({
        "support/reply": {
          14: { version: 14, labels: [], updatedAt: at },
          15: { version: 15, labels: ["production", "latest"], commitMessage: "friendlier", updatedAt: at },
        },
        search: { 3: { version: 3, labels: ["staging"], updatedAt: at } },
      }),
    );
    expect(dataOf(await log.changes(to - day, to))).toEqual([
      { at: Date.parse(at), what: "prompt support/reply v14 → v15: friendlier", ref: "production v15" },
    ]);
    expect(asked().slice(0, 2)).toEqual([
      "GET /api/public/v2/prompts?fromUpdatedAt=2026-11-20T03%3A12%3A00.000Z&limit=100&page=1",
      "GET /api/public/v2/prompts/support%2Freply?version=15",
    ]);
  });

  it("tells a way back, and names no other version where none lost the label with it", async () => {
    const back = { 14: { version: 14, labels: ["production"] }, 15: { version: 15, labels: ["latest"] } };
    const said = async (prompts: Parameters<typeof server>[0]) =>
      dataOf(await stage(langfuse, server(prompts)).log.changes(to - day, to)).map(({ what }) => what);
    expect(await said({ p: back })).toEqual(["prompt p v15 → v14"]);
    expect(await said({ p: { 15: { version: 15, labels: ["production"] } } })).toEqual(["prompt p v15"]);
    const earlier = { version: 14, labels: [], updatedAt: "2026-11-21T01:00:00Z" };
    expect(await said({ p: { 14: earlier, 15: { version: 15, labels: ["production"], updatedAt: at } } })).toEqual([
      "prompt p v15",
    ]);
  });

  it("asks for no address beside its own, and keeps what could be read", async () => {
    const { log, asked } = stage(langfuse, (request) =>
      new URL(request.url).pathname === "/api/public/v2/prompts"
        ? json({
            data: [
              { name: "..", versions: [1], lastUpdatedAt: at },
              { name: "gone", versions: [1], lastUpdatedAt: at },
            ],
          })
        : json({ message: "Prompt not found" }, 404),
    );
    expect(await log.changes(to - day, to)).toMatchObject({
      data: [],
      warnings: ["1 prompts could not be read", "there.test answered 404: Prompt not found"],
    });
    expect(asked()).toHaveLength(2);
  });
});
