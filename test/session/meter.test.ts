import { expect, it } from "vitest";
import { openProject } from "../../src/project.ts";
import { openMeter } from "../../src/session/meter.ts";
import { setStage } from "../scenario/stage.ts";

/** What a project makes of a signal; every query is answered with `value`. */
async function read(lines: string, signal: string, value = 3) {
  const project = `sources: { metrics: { prometheus: { url: "http://prometheus.test:9090" } } }\n${lines}`;
  const { world } = setStage({ project, figures: [["", () => value]] });
  return openMeter(await openProject(world), world)("e", { ask: { signal } }, {});
}

it("cost is estimated from the prices of the project, and says so", async () => {
  const m = await read("stack: vllm\nprices: { big: { in: 2.5, out: 10 } }\n", "cost_per_hour");
  expect(m).toMatchObject({ value: 3, unit: "usd/h", note: "estimated from the token prices of big" });
  expect(m.query).toContain('rate(vllm:generation_tokens_total{model_name="big"}[5m])) * 10');
});

it("a signal of the project's own is read without any stack, and in any language that a source understands", async () => {
  const own = 'signals: { refusal_rate: { promql: "sum(refused)", note: only of chat }, error_rate: { logql: "x" } }\n';
  expect(await read(own, "refusal_rate", 0.02)).toMatchObject({
    value: 0.02,
    label: "refusals",
    unit: "ratio",
    query: "sum(refused)",
    note: "only of chat",
  });
  expect(await read(`stack: seed\n${own}`, "error_rate")).toMatchObject({
    verdict: "no-data",
    why: "no source is set up that understands LogQL",
  });
  expect(await read(own, "cost_per_hour")).toMatchObject({
    verdict: "no-data",
    label: "cost per hour",
    why: "cost_per_hour is not available: the project names no stack",
  });
});

it("every shipped stack is read", async () => {
  for (const stack of ["seed", "litellm", "vllm", "otel", "envoy", "kong", "portkey", "tgi"])
    expect(await read(`stack: ${stack}\n`, "request_rate")).toMatchObject({ value: 3, source: "metrics" });
});
