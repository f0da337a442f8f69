import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderPostmortem } from "../../src/postmortem/render.ts";
import { stamp, start } from "../../src/timeline/chain.ts";
import { fact } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";

it("B13: of a very long timeline the ends are told, and how much is missing between them", () => {
  const scope = { route: "support.reply" };
  const opened = fact("opened", { kind: "incident", title: "Long", class: null, severity: null, scope, version: "1" });
  const notes = Array.from({ length: 1500 }, (_, i) => fact("noted", { text: `note ${i}` }));
  const events = stamp([opened, ...notes], "INC-1121-long", start, 0, { by: "ana", host: "desk" });
  const template = readFileSync("templates/postmortem.md.hbs", "utf8");
  const { markdown } = renderPostmortem(foldIncident(events), { followUps: [], template });
  expect(markdown).toContain("In the middle 501 records are missing here.");
  expect(markdown).toContain("In the middle 500 notes are missing here.");
  const rows = markdown.split("\n").filter((line) => /^\| #\d+ \|/.test(line));
  expect(rows).toHaveLength(1000);
  expect([rows[499], rows[500]].map((row) => /#\d+/.exec(row!)![0])).toEqual(["#500", "#1002"]);
});
