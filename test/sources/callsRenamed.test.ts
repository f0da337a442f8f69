import { afterEach, describe, expect, it } from "vitest";
import { callsStage, end, good, lines } from "./callsFake.ts";

const stage = callsStage();
afterEach(stage.clear);

const hour = 3_600_000;
const call = (hoursAgo: number, model: string | null, model_reported: string | null) => ({
  timestamp: new Date(end - hoursAgo * hour).toISOString(),
  model,
  model_reported,
});
const renamed = async (...calls: object[]) => {
  const { source } = stage.open({ "a.jsonl": lines(...calls) });
  const found = good(await source.renamed!(end - 24 * hour, end));
  return found.map(({ model, before, now, at }) => `${model}: ${before} → ${now}, ${(end - at) / hour}h ago`);
};

describe("models that providers rename", () => {
  it("are those asked for as before and answered under a new name, with the time of the first such call", async () => {
    expect(
      await renamed(
        call(50, "large", "large-05"),
        call(3, "large", "large-05"),
        call(2, "large", "large-11"),
        call(1, "large", "large-11"),
        call(40, "small", "small-07"),
        call(1, "small", "small-07"),
      ),
    ).toEqual(["large: large-05 → large-11, 2h ago"]);
  });

  it("are found within the time alone, newest first, each with the name that came right before it", async () => {
    expect(await renamed(call(20, "m", "m-1"), call(10, "m", "m-2"), call(9, "m", "m-1"), call(5, "m", "m-3"))).toEqual(
      ["m: m-2 → m-3, 5h ago", "m: m-1 → m-2, 10h ago"],
    );
  });

  it.each([
    ["a model that is new itself", [call(2, "new", "new-1"), call(50, "large", "large-05")]],
    [
      "a name that was there before the time, even if rarely",
      [call(50, "m", "m-1"), call(30, "m", "m-2"), call(40, "m", "m-1"), call(1, "m", "m-2")],
    ],
    ["calls that failed and report nothing", [call(50, "m", "m-1"), call(1, "m", null), call(1, "m", "")]],
    ["calls of no known model", [call(50, null, "m-1"), call(1, null, "m-2"), call(1, "", "m-2")]],
    ["what is in the future", [call(50, "m", "m-1"), call(-1, "m", "m-2")]],
    ["no calls at all", []],
  ])("are not %s", async (_, calls) => {
    expect(await renamed(...calls)).toEqual([]);
  });

  it("are an error where there is no file", async () => {
    const { source } = stage.open({});
    expect(await source.renamed!(0, end)).toMatchObject({ error: expect.stringContaining("no file matches") });
  });
});
