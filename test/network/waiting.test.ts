import { afterEach, describe, expect, it } from "vitest";
import type { Behaviour } from "../torture/configApi.ts";
import { clamp, closeAll, holds, stage, words } from "./stage.ts";

afterEach(closeAll);

const page = { "content-type": "text/html" };
/** What does not change anything; each is read back for as long as the write may arrive, so they all wait at once. */
const lies: [string, Behaviour, number][] = [
  ["a login page", { apply: false, headers: page, body: "<p>log in" }, 3],
  ["a login page that says it is JSON", { apply: false, body: "<!doctype html><p>log in" }, 3],
  ["an empty body", { apply: false, body: "" }, 3],
  ["the old value", { apply: false }, 3],
  ["503", { apply: false, status: 503, body: "" }, 3],
  ["a redirect", { apply: false, status: 307, headers: { location: "/elsewhere" }, body: "" }, 3],
  ["202, and nothing ever comes of it", { apply: false, status: 202, body: "" }, 6],
];

describe("F01, F02, F03, F09: a write that is answered and not made", () => {
  it("is never called applied, is sent once, and after 202 is not denied either", async () => {
    const ended = await Promise.all(
      lies.map(async ([name, write, code]) => {
        const staged = await stage({ write });
        return { name, code, staged, ended: await clamp(staged.place) };
      }),
    );
    for (const { name, code, staged, ended: end } of ended) {
      expect({ name, code: end.code }).toEqual({ name, code });
      expect(words(end.stderr)).toContain("after the write 4096 is live instead of 512");
      expect(words(end.stderr)).toContain(`production changed: ${code === 6 ? "unknown" : "no"}`);
      expect(staged.api.writes()).toHaveLength(1);
      holds(staged, end);
    }
  }, 120_000);
});
