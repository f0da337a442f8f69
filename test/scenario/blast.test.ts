import { expect, it } from "vitest";
import type { Event } from "../../src/timeline/event.ts";
import { spike } from "./spike.ts";
import { setStage, type Figure } from "./stage.ts";
import { timelines } from "./timelines.ts";

const fault = Date.UTC(2026, 10, 21, 3, 2);

/** Two routes that always cost the same, one of which costs ten times as much since the fault. */
const cost: Figure = (at, _, query) => {
  const parts = { "support.reply": at >= fault ? 100 : 10, "agent.research": 12 };
  return query.includes("by (route)") ? parts : parts["support.reply"] + parts["agent.research"];
};

const answers = "cause: inflation\nclamp: decline\n";

function night() {
  return setStage({
    ...spike,
    figures: [["llm_token_cost_dollars", cost], ...(spike.figures ?? [])],
    files: { ...spike.files, "answers.yaml": answers },
  });
}

const blasts = (events: readonly Event[]) => events.flatMap((event) => (event.type === "blast" ? [event.payload] : []));

it("tells at the start who makes the change, and at the close who made it over the whole incident", async () => {
  const stage = night();
  await stage.llmops("incident", "start", "spike", "--answers", "answers.yaml");
  expect(stage.world.terminal.screen).toContain("Who makes the change in cost per hour: route support.reply 100%.");
  await stage.llmops("incident", "resolve");
  expect(await stage.llmops("incident", "close")).toBe(0);
  const [{ events }] = await timelines(stage);
  expect(blasts(events).map(({ when }) => when)).toEqual(["start", "end"]);
  for (const { blasts: of } of blasts(events)) {
    expect(of.map(({ dimension }) => dimension)).toEqual(["route"]);
    // agent.research costs a ninth of it, and nothing of the change
    expect(of[0]!.shares).toEqual([{ name: "support.reply", share: 1, now: 100, before: 10 }]);
  }
  expect(await stage.llmops("postmortem", "-o", "pm.md")).toBe(0);
  const markdown = await stage.world.files.read(`${stage.world.cwd}/pm.md`);
  expect(markdown).toContain("At the start: Who makes the change in cost per hour: route support.reply 100%.");
  expect(markdown).toContain("Over the whole incident: Who makes the change in cost per hour");
});

it("says which incident was like it, and what helped", async () => {
  const stage = night();
  const start = ["incident", "start", "spike", "--answers", "answers.yaml"];
  await stage.llmops(...start);
  expect(stage.world.terminal.screen).not.toContain("Seen before");
  await stage.llmops("incident", "resolve");
  await stage.llmops("incident", "close");
  const [{ id }] = await timelines(stage);
  await stage.world.clock.advance(60_000);
  await stage.llmops(...start);
  const said = stage.world.terminal.screen.replace(/\s+/g, " ");
  expect(said).toContain(
    `Seen before: ${id} on 2026-11-21, the same class and evidence; nothing was changed; resolved`,
  );
});
