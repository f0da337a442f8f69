import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openPlace, type Place } from "../torture/place.ts";

let place: Place | undefined;
afterEach(() => place?.remove());

const said = { prompt: "my-own-words-violet", response: "its-own-words-indigo", error: "words-of-an-error-amber" };
const mail = "erin.example@example.com";

/** One call a minute of the last two hours, with everything in it that nobody should read by the way. */
function records(broken: boolean): string {
  const now = Date.now();
  return Array.from({ length: 120 }, (_, minute) =>
    JSON.stringify({
      timestamp: new Date(now - minute * 60_000).toISOString(),
      trace_id: `t${minute}`,
      route: "support.reply",
      user_id: "u-8841",
      model: "gpt-4o-mini",
      status: minute % 3 === 0 ? "error" : "ok",
      error: minute % 3 === 0 ? { type: "timeout", message: said.error, http_status: 504 } : null,
      latency_ms: broken && minute % 5 === 0 ? `${said.error} ${mail}` : 800 + minute,
      token_usage: broken ? said.prompt : { prompt: 100, completion: 50, total: 150 },
      cost_usd: broken ? { [said.response]: mail } : 0.01,
      prompt_snapshot: `${said.prompt} ${mail}`,
      response_snapshot: said.response,
      messages: [{ role: "user", content: said.prompt }],
      api_key: "Tr0ub4dor33-violet",
    }),
  ).join("\n");
}

it.each([
  ["well made", false],
  ["broken, so that errors quote them", true],
])("H08: what was said in a call is neither shown nor kept, in records %s", async (_, broken) => {
  place = openPlace('stack: calls\nsources: { calls: { calls: { files: "calls/*.jsonl" } } }\n');
  mkdirSync(join(place.folder, "calls"));
  writeFileSync(join(place.folder, "calls", "today.jsonl"), `${records(broken)}\n`);
  writeFileSync(join(place.folder, "answers.yaml"), "{}\n");
  const shown: string[] = [];
  for (const runbook of ["cost-spike", "quality-regression"]) {
    const { stdout, stderr } = await place.llmops([
      "incident",
      "start",
      runbook,
      "--answers",
      "answers.yaml",
      "--json",
    ]);
    const id = place.incidents().at(-1)!;
    const show = await place.llmops(["incident", "show", id]);
    const report = await place.llmops(["postmortem", id]);
    shown.push(stdout, stderr, show.stdout, show.stderr, report.stdout);
  }
  const timeline = place.timeline();
  const everything = [...shown, timeline].join("\n");
  // they were read
  expect(timeline.match(/"type":"measured"/g)!.length).toBeGreaterThan(5);
  if (!broken) expect(timeline).toContain('"verdict":"unhealthy"');
  expect(everything.match(/violet|indigo|amber|erin\.example/g) ?? []).toEqual([]);
});
