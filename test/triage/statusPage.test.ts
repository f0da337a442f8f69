import { expect, it } from "vitest";
import { readStatusPage } from "../../src/sources/statusPage.ts";
import { fakeWorld, type FakeAnswer } from "../fake/world.ts";

const json = { "content-type": "application/json" };
const operational = {
  page: { name: "OpenAI" },
  status: { indicator: "none", description: "All Systems Operational" },
  components: [{ name: "API", status: "operational" }],
};

function read(answers: Record<string, FakeAnswer>) {
  const world = fakeWorld({ routes: async ({ url }) => answers[url] });
  return readStatusPage(world, "openai", "https://status.openai.test/");
}

const at = "https://status.openai.test/api/v2/summary.json";
const says = (body: object | string): Record<string, FakeAnswer> => ({
  [at]: { status: 200, headers: json, body: typeof body === "string" ? body : JSON.stringify(body) },
});

it("reads a page on which all is well, with or without incidents", async () => {
  const calm = { name: "openai", trouble: false, says: "All Systems Operational" };
  expect(await read(says(operational))).toEqual(calm);
  expect(await read(says({ ...operational, incidents: [] }))).toEqual(calm);
});

it("names the incident and the parts that are hurt, even where the page as a whole is green", async () => {
  const hurt = {
    ...operational,
    components: [
      { name: "Claude API", status: "partial_outage" },
      { name: "Docs", status: "under_maintenance" },
    ],
    incidents: [
      { name: "Elevated errors", status: "investigating" },
      { name: "Old one", status: "resolved" },
    ],
  };
  expect(await read(says(hurt))).toEqual({
    name: "openai",
    trouble: true,
    says: "All Systems Operational; Elevated errors; Claude API: partial outage",
  });
});

it("follows a page that moved, twice, and not to plain http", async () => {
  const moved = (location: string): FakeAnswer => ({ status: 302, headers: { location }, body: "" });
  const there = "https://status.claude.test/api/v2/summary.json";
  const end = { status: 200, headers: json, body: JSON.stringify(operational) };
  expect(await read({ [at]: moved(there), [there]: end })).toMatchObject({ trouble: false });
  expect(await read({ [at]: moved(at) })).toEqual({ name: "openai", error: "it redirects without end" });
  const open = "http://status.openai.test/";
  expect(await read({ [at]: moved(open) })).toMatchObject({ error: "it redirects to an address that is no https" });
});

it.each([
  ["a login page", says("<html>log in</html>"), "what it answers is no Statuspage summary"],
  ["null", says("null"), "what it answers is no Statuspage summary"],
  ["an error", { [at]: { status: 500, headers: json, body: "{}" } }, "it answers 500"],
])("says what is wrong with %s", async (_, answers, error) => {
  expect(await read(answers)).toEqual({ name: "openai", error });
});

it("shows nothing of it as more than text", async () => {
  const nasty = { ...operational, status: { indicator: "minor", description: "\u001b]52;c;x\u0007 <b>" } };
  const page = await read(says(nasty));
  expect(page).toEqual({ name: "openai", trouble: true, says: "\\u001b]52;c;x\\u0007 <b>" });
});
