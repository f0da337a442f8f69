import { expect, it } from "vitest";
import type { Context } from "../../src/steps/context.ts";
import { scopesOfLever, type Offer } from "../../src/steps/lever.ts";
import { fact } from "../../src/timeline/event.ts";
import { opened, told } from "../timeline/told.ts";
import { reading } from "./drive.ts";

it("proposes no empty label where a lever needs a name: it is nobody's, and would be blocked as one", async () => {
  const parts = [
    { name: "(none)", value: 90, share: 0.9 },
    { name: "", value: 5, share: 0.05 },
    { name: "u-1", value: 5, share: 0.05 },
  ];
  const incident = told([opened, fact("measured", { measurement: reading("users", { by: "user", parts }) })]);
  const lever = { setting: "blocked", scope: ["user"], conditional: true, settles: 0, enforced: true };
  const offer = { name: "t", lever, target: { list: async () => ["u-2"] } } as unknown as Offer;
  let offered: string[] = [];
  const pick: Context["pick"] = async (_, known) => {
    offered = known.map(({ name }) => name);
    return "u-1";
  };
  expect(await scopesOfLever(offer, [{}], { incident, pick } as unknown as Context)).toEqual([{ user: "u-1" }]);
  expect(offered).toEqual(["u-1", "u-2"]);
});
