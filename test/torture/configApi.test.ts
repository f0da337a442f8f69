import { afterEach, expect, it } from "vitest";
import { openConfigApi, type ConfigApi } from "./configApi.ts";
import { openPlace, projectOn, type Place } from "./place.ts";

let [api, place] = [undefined as ConfigApi | undefined, undefined as Place | undefined];
afterEach(async () => {
  await api?.close();
  place?.remove();
});

it("sees the intent on the timeline when the write arrives, and the undo restore every byte", async () => {
  const before = '{"max_tokens": 4096, "big": 12345678901234567890, "enabled": true}';
  api = await openConfigApi({ documents: { "/routes/support.reply": before }, witness: () => place!.timeline() });
  place = openPlace(projectOn(api.url));
  const clamp = [
    "mitigate",
    "token-clamp",
    "--scope",
    "route=support.reply",
    "--reason",
    "test",
    "--yes",
    "--wait",
    "none",
  ];
  expect(await place.llmops(clamp)).toMatchObject({ code: 0, stdout: "" });
  expect(api.documents.get("/routes/support.reply")).toBe(before.replace("4096", "512"));
  expect(api.writes()).toHaveLength(1);
  expect(api.writes()[0]!.witnessed).toContain('"type":"intended"');
  expect(
    await place.llmops(["mitigation", "undo", "m1", "--yes", "--incident", place.incidents()[0]!, "--reason", "over"]),
  ).toMatchObject({ code: 0 });
  expect(api.documents.get("/routes/support.reply")).toBe(before);
});
