import { describe, expect, it } from "vitest";
import { isMissing } from "../parts/daemon.ts";
import { drill } from "./drill.ts";
import { kills } from "./kills.ts";

const missing = isMissing(...drill.needs, ...kills.needs);

describe.skipIf(missing)("D02, D10: a drill on real config APIs (etcd, redis-server, caddy, git)", () => {
  it("forty changes and undos by four hands, some of which die: every lever holds what the timelines say", async () => {
    const { points, violations } = await drill.run({ seed: 20_261_121, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBe(40);
  }, 300_000);

  it("A02, A03: killed between the plan and the outcome, on every kind of target: settled by reading, undone to the byte", async () => {
    const { points, violations } = await kills.run({ seed: 20_261_121, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBe(16);
  }, 300_000);
});
