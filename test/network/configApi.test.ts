import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openConfigApi, type Behaviour } from "../torture/configApi.ts";
import { openPlace, projectOn } from "../torture/place.ts";
import { after, argv, before, clamp, closeAll, holds, open, path, stage, token, words } from "./stage.ts";

afterEach(closeAll);

/** The program as it is shipped, against a config API on loopback that misbehaves. */
describe("F02: a web page", () => {
  it("where a value is read is no value, and nothing is sent", async () => {
    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in" };
    const staged = await stage({ script: () => page });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(3);
    expect(words(ended.stderr)).toContain("with a web page instead of a value (is a login in front of it?)");
    expect(words(ended.stderr)).not.toContain("another scope");
    expect(staged.api.writes()).toHaveLength(0);
    holds(staged, ended);
  });
});

describe("F03: 202 Accepted", () => {
  it("is pending, and applied once it was read back", async () => {
    const staged = await stage({
      script: ({ write, body }, api) => {
        if (write === 0) return undefined;
        setTimeout(() => api.documents.set(path, body), 1500);
        return { apply: false, status: 202, body: "" };
      },
    });
    const ended = await clamp(staged.place);
    expect(words(ended.stderr)).toContain("it took the change in and makes it later");
    expect(ended.code).toBe(0);
    holds(staged, ended);
    const [, written, readBack] = staged.place
      .timeline()
      .split("\n")
      .filter((line) => /intended|written|read-back/.test(line));
    expect(written).toContain('"unknown":true');
    expect(readBack).toContain('"as":"applied"');
  });
});

describe("F05: a conflict", () => {
  it.each([409, 412])("%i is not repeated; live, expected and wanted are told", async (status) => {
    const staged = await stage({
      script: ({ write }, api) => {
        if (write === 0) return undefined;
        api.documents.set(path, before.replace("4096", "7"));
        return { apply: false, status, body: '{"error":"stale"}' };
      },
    });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(5);
    expect(words(ended.stderr)).toContain("read 4096, wanted 512, live is 7");
    expect(ended.stderr).toMatch(/next: +plan it again/);
    expect(staged.api.writes()).toHaveLength(1);
    holds(staged, ended);
  });

  it("of which the value itself knows nothing says so", async () => {
    const staged = await stage({ write: { apply: false, status: 409, body: '{"error":"frozen"}' } });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(5);
    expect(words(ended.stderr)).toContain("conflicts with what is there: frozen; max_tokens itself is 4096 as before");
    holds(staged, ended);
  });
});

describe("F07: 429 to a write is never repeated, and it is told when to try again", () => {
  it.each<[string, string]>([
    ["2", "try again in 2s"],
    ["99999", "try again in 1d 03h"],
    [new Date(Date.now() + 7_200_000).toUTCString(), "try again in (1h 59m|2h)"],
    ["-1", "try again in a moment"],
    ["soon\u009b31m", "try again in a moment"],
  ])("Retry-After: %s", async (header, when) => {
    const retry = { "retry-after": Buffer.from(header, "latin1").toString("latin1") };
    const staged = await stage({ write: { apply: false, status: 429, headers: retry, body: "" } });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(3);
    expect(words(ended.stderr)).toMatch(new RegExp(`${when}.*production changed: no.*next: ${when}`));
    expect(staged.api.writes()).toHaveLength(1);
    holds(staged, ended);
  });
});

describe("F08, F12: a write whose answer is lost is read back, and never sent again", () => {
  it.each<[string, Behaviour]>([
    ["500", { status: 500, body: "boom" }],
    ["502", { status: 502, body: "<html>Bad Gateway" }],
    ["503", { status: 503, headers: { "retry-after": "1" }, body: "" }],
    ["504", { status: 504, body: "" }],
    ["cut before the headers", { cut: "before-headers" }],
    ["cut in the headers", { cut: "in-headers" }],
    ["cut in the body", { cut: "in-body" }],
  ])("%s after it was applied: applied, by read-back", async (_, write) => {
    const staged = await stage({ write });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(0);
    expect(words(ended.stderr)).toMatch(/may or may not be written: .*read back 512/);
    expect(staged.api.writes()).toHaveLength(1);
    holds(staged, ended);
  });
});

describe("F09: a server that is overloaded for a moment", () => {
  it.each([502, 503, 504])("%i twice to a read: asked three times, then written once", async (status) => {
    const staged = await stage({ script: ({ n }) => (n <= 2 ? { status, body: "" } : undefined) });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(0);
    expect(staged.api.journal.slice(0, 4).map(({ method }) => method)).toEqual(["GET", "GET", "GET", "GET"]);
    expect(staged.api.writes()).toHaveLength(1);
    holds(staged, ended);
  });

  it("for ever: each attempt is told, the words fit, and nothing is sent", async () => {
    const staged = await stage({ script: () => ({ status: 503, body: "{}" }) });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(3);
    expect(staged.api.journal).toHaveLength(3);
    expect(words(ended.stderr)).toContain(
      "answered 503: it, or what stands before it, cannot work now: {}, tried 3 times",
    );
    expect(words(ended.stderr)).not.toContain("another scope");
    holds(staged, ended);
  });
});

describe("F10, F11: a write that is not answered", () => {
  it.each<[string, Behaviour]>([
    ["at all, though it was applied", { hang: true }],
    ["but byte by byte", { drip: 200 }],
  ])("%s: the deadline of the target ends it, and it is read back", async (_, write) => {
    const staged = await stage({ write, target: "      deadline: 500ms\n" });
    const began = performance.now();
    const ended = await clamp(staged.place);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(ended.code).toBe(0);
    expect(words(ended.stderr)).toMatch(/(did not answer|was not complete) within 500 ms/);
    expect(staged.api.writes()).toHaveLength(1);
    holds(staged, ended);
  });

  it("and was only held up: it is waited for as long as it may arrive, and counts", async () => {
    const staged = await stage({ write: { delayBefore: 2500 }, target: "      deadline: 500ms\n" });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(0);
    holds(staged, ended);
  });

  it("nor is a read: nothing is sent", async () => {
    const staged = await stage({ script: () => ({ drip: 200 }), target: "      deadline: 500ms\n" });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(3);
    expect(words(ended.stderr)).toContain("was not complete within 500 ms");
    expect(staged.api.journal).toHaveLength(1);
    holds(staged, ended);
  });
});

describe("F16, F17: a redirect is never followed, and nobody else learns the token", () => {
  it.each([301, 302, 303, 307, 308])(
    "%i to another host, and to the same host on another port",
    async (status) => {
      const evil = await openConfigApi({ documents: { [path]: before } });
      open.push(() => evil.close());
      for (const when of ["read", "write"]) {
        const location = { location: `${evil.url}${path}` };
        const staged = await stage({
          script: ({ write }) =>
            write > 0 === (when === "write") ? { apply: false, status, headers: location, body: "" } : undefined,
          target: "      deadline: 500ms\n",
        });
        const running = staged.place.start(argv, { env: { CONFIG_TOKEN: token } });
        // after a redirect it is read back until the write can no longer arrive: long enough that evil would have been hit
        if (when === "write") {
          while (staged.api.journal.length < 5 && running.child.exitCode === null)
            await new Promise((go) => setTimeout(go, 20));
          running.child.kill("SIGKILL");
        }
        const ended = await running.ended;
        if (when === "read") {
          expect(ended.code).toBe(3);
          expect(words(ended.stderr)).toMatch(/redirects are not followed.*next: put the final address into url/);
          holds(staged, ended);
        }
        expect(staged.api.writes()).toHaveLength(when === "write" ? 1 : 0);
        expect(staged.place.timeline()).not.toContain('"as":"applied"');
      }
      expect(evil.journal).toEqual([]);
    },
    60_000,
  );
});

describe("F19, F26: every refusal has its own words, the server's own harmlessly, and the next move", () => {
  const hostile = JSON.stringify({
    error: `no\u001b]52;c;cm0=\u0007\u202e \u009b31m [x](javascript:1) ${"y".repeat(5000)} ${token}`,
  });
  it.each<[number, RegExp, RegExp]>([
    [400, /does not accept this value/, /choose a value that it accepts/],
    [
      401,
      /it refused what header authorization carries/,
      /renew environment variable CONFIG_TOKEN \(headers\.authorization/,
    ],
    [403, /these credentials may not do this/, /ask who runs/],
    [404, /there is nothing at this address/, /address in llmops\.yaml/],
    [405, /it takes no PUT here/, /set method:/],
    [413, /the document is too large/, /by hand/],
    [415, /does not take PUT with this kind of content/, /set method:/],
    [422, /does not accept this value/, /choose a value that it accepts/],
    [428, /wants a condition on every write/, /by hand/],
  ])("%i", async (status, why, next) => {
    const staged = await stage({ write: { apply: false, status, body: hostile } });
    const ended = await clamp(staged.place);
    expect(ended.code).toBe(3);
    const text = words(ended.stderr);
    expect(text).toMatch(why);
    expect(text).toMatch(new RegExp(`production changed: no.*next: .*${next.source}`));
    expect(text).toContain("\\u001b]52;c;cm0=\\u0007\\u202e");
    expect(ended.stderr.length).toBeLessThan(2500);
    expect(staged.api.writes()).toHaveLength(1);
    holds(staged, ended);
    const draft = await staged.place.llmops(["postmortem", staged.place.incidents()[0]!, "-o", "-"]);
    // oxlint-disable-next-line no-control-regex
    expect(draft.stdout + draft.stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(draft.stdout).not.toMatch(/(?<!\\)\]\(javascript:/);
  });
});

describe("F18: a token that runs out in the middle", () => {
  it("stops, says what is changed already, what to renew and how to go on, and never the token", async () => {
    const staged = await stage({
      documents: { [path]: '{"max_tokens": 4096, "model": "large", "enabled": true}' },
      more: "runbooks: runbooks\n",
      script: ({ write }) => (write >= 2 ? { apply: false, status: 401, body: "{}" } : undefined),
    });
    const { api, place } = staged;
    mkdirSync(join(place.folder, "runbooks"));
    writeFileSync(
      join(place.folder, "runbooks", "two.yaml"),
      `id: two
title: Two changes
class: cost
severity: SEV2
summary: Two changes, one after the other.
steps:
  - { id: first, title: Clamp, mitigate: { do: token-clamp } }
  - { id: second, title: Smaller model, mitigate: { do: model-switch } }
  - { id: third, title: Off, mitigate: { do: kill-switch } }
`,
    );
    writeFileSync(join(place.folder, "answers.yaml"), "first: apply\nsecond: apply\nthird: apply\n");
    const start = "incident start two --scope route=support.reply --answers answers.yaml".split(" ");
    const ended = await place.llmops(start, { env: { CONFIG_TOKEN: token } });
    const text = words(ended.stderr);
    expect(text).toMatch(/answered 401: it refused what header authorization carries/);
    expect(text).toMatch(/renew environment variable CONFIG_TOKEN/);
    expect(ended.stderr + ended.stdout + place.timeline()).not.toContain(token);
    expect(JSON.parse(api.documents.get(path)!)).toMatchObject({ max_tokens: 512, model: "large" });
    const listed = await place.llmops(["mitigation", "list"]);
    expect(words(listed.stdout)).toMatch(/max_tokens 4096 → 512/);
    expect(text).toMatch(/llmops incident resume|llmops mitigation list|mitigation undo m1/);
  });
});

describe("F28: a dry run", () => {
  it("sends no write, leaves no trace, and shows the plan of the real run", async () => {
    const staged = await stage();
    const { api, place } = staged;
    const dry = await clamp(place, "--dry-run");
    expect(dry.code).toBe(0);
    expect(api.writes()).toEqual([]);
    expect(filesBelow(place.folder)).toEqual(["llmops.yaml"]);
    const real = await clamp(place);
    const plan = (text: string) =>
      text
        .split("\n")
        .filter(
          (line) => /max_tokens|4096|512|read from/.test(line) && !/intended|read back|m1 is live|planned/.test(line),
        );
    expect(plan(dry.stderr).length).toBeGreaterThan(0);
    expect(plan(real.stderr)).toEqual(expect.arrayContaining(plan(dry.stderr)));

    const undo = ["mitigation", "undo", "m1", "--incident", place.incidents()[0]!, "--reason", "over", "--yes"];
    const hash = () => createHash("sha256").update(place.timeline()).digest("hex");
    const was = hash();
    for (const kind of [["kill-switch"], ["token-clamp", "--with", "max_tokens=256"]]) {
      const again = ["mitigate", ...kind, "--scope", "route=support.reply", "--reason", "r", "--dry-run"];
      expect(await place.llmops(again, { env: { CONFIG_TOKEN: token } })).toMatchObject({ code: 0 });
    }
    expect(hash()).toBe(was);
    expect(api.writes()).toHaveLength(1);
    expect(await place.llmops(undo, { env: { CONFIG_TOKEN: token } })).toMatchObject({ code: 0 });
    expect(api.documents.get(path)).toBe(before);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

describe("J08, J09, J10: who gets the credentials", () => {
  it("a value with a line break in it is no header, and nothing is sent", async () => {
    const staged = await stage();
    for (const bad of [`${token}\r\nX-Evil: 1`, `${token}\n`.repeat(2), `${token}\u0001`]) {
      const ended = await staged.place.llmops(argv, { env: { CONFIG_TOKEN: bad } });
      expect(ended.code).toBe(3);
      expect(ended.stderr).not.toContain("X-Evil");
      holds(staged, ended);
    }
    expect(staged.api.journal).toEqual([]);
  });

  it("a runbook cannot name a host: it is refused before anybody is asked", async () => {
    const evil = await openConfigApi({ documents: { [path]: before } });
    open.push(() => evil.close());
    const { place, api } = await stage({ more: "runbooks: runbooks\n" });
    mkdirSync(join(place.folder, "runbooks"));
    for (const [i, step] of [
      `{ id: a, title: A, mitigate: { do: token-clamp, url: "${evil.url}" } }`,
      `{ id: a, title: A, mitigate: { do: token-clamp, target: "${evil.url}" } }`,
      `{ id: a, title: A, measure: { promql: up, source: "${evil.url}" } }`,
      `{ id: a, title: A, measure: { promql: up, base_url: "${evil.url}" } }`,
    ].entries()) {
      const head = "title: T\nclass: cost\nseverity: SEV2\nsummary: S.\nsteps:\n";
      writeFileSync(join(place.folder, "runbooks", `r${i}.yaml`), `id: r${i}\n${head}  - ${step}\n`);
      writeFileSync(join(place.folder, "answers.yaml"), "a: apply\n");
      const ended = await place.llmops(
        ["incident", "start", `r${i}`, "--scope", "route=support.reply", "--answers", "answers.yaml"],
        { env: { CONFIG_TOKEN: token } },
      );
      expect(ended.stderr).toMatch(/unknown key|cannot be read|no target|no source/);
      expect(ended.stderr + ended.stdout).not.toContain(token);
    }
    expect(evil.journal).toEqual([]);
    expect(api.writes()).toEqual([]);
  });

  it.each(["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "javascript:1"])(
    "%s in the project file is no address",
    async (url) => {
      const place = openPlace(projectOn(url));
      open.push(place.remove);
      const ended = await place.llmops(argv);
      expect(ended.code).toBe(2);
      expect(words(ended.stderr)).toMatch(/needs an http:\/\/ or https:\/\/ address/);
    },
  );
});

describe("J06, J07: a name stays a name in an address", () => {
  it.each(["../../admin", "a?x=1#", "%2e%2e", "@evil.com", "a\\b", "//evil.com/x", "ü/é", "{tenant}", "a b"])(
    "%j",
    async (route) => {
      const address = `/routes/${encodeURIComponent(route)}`;
      const staged = await stage({ documents: { [address]: before, "/admin": before, "/routes/": before } });
      const ended = await staged.place
        .llmops(["mitigate", "token-clamp", "--scope", `route=${route}`, "--reason", "r", "--yes", "--wait", "none"], {
          env: { CONFIG_TOKEN: token },
        })
        .catch(() => undefined);
      for (const { path: asked, method } of staged.api.journal)
        if (method !== "GET") expect(asked).toBe(address);
        else expect([address, "/routes"]).toContain(asked);
      expect(staged.api.documents.get("/admin")).toBe(before);
      expect(readFileSync(join(staged.place.folder, "llmops.yaml"), "utf8")).toContain(staged.api.url);
      if (ended?.code === 0) expect(staged.api.documents.get(address)).toBe(after);
    },
  );
});
