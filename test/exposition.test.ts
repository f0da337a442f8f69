import { describe, expect, it } from "vitest";
import { expose, openRegistry } from "../src/exposition.ts";

describe("expose", () => {
  it("writes counters, gauges and histograms as Prometheus reads them", async () => {
    const text = await expose([
      {
        name: "llm_token_cost_dollars",
        help: "A counter without _total",
        type: "counter",
        labels: ["route"],
        samples: [
          { labels: { route: 'a"b\\c\nd' }, value: 1 },
          { labels: { route: 'a"b\\c\nd' }, value: 0.5 },
        ],
      },
      { name: "up", help: "Is it", type: "gauge", labels: [], samples: [{ labels: {}, value: 1 }] },
      {
        name: "took_seconds",
        help: "Time",
        type: "histogram",
        labels: ["class"],
        buckets: [1, 10],
        samples: [
          { labels: { class: "cost" }, value: 0.5 },
          { labels: { class: "cost" }, value: 10 },
          { labels: { class: "cost" }, value: 99 },
        ],
      },
    ]);
    expect(text).toBe(`# HELP llm_token_cost_dollars A counter without _total
# TYPE llm_token_cost_dollars counter
llm_token_cost_dollars{route="a\\"b\\\\c\\nd"} 1.5

# HELP up Is it
# TYPE up gauge
up 1

# HELP took_seconds Time
# TYPE took_seconds histogram
took_seconds_bucket{le="1",class="cost"} 1
took_seconds_bucket{le="10",class="cost"} 2
took_seconds_bucket{le="+Inf",class="cost"} 3
took_seconds_sum{class="cost"} 109.5
took_seconds_count{class="cost"} 3
`);
  });

  it("names a metric that has labels but no samples, and claims no figure for it", async () => {
    const text = await expose([{ name: "x_total", help: "X", type: "counter", labels: ["a"], samples: [] }]);
    expect(text).toBe("# HELP x_total X\n# TYPE x_total counter\n");
  });
});

describe("openRegistry", () => {
  it("keeps two registries apart", async () => {
    const [one, two] = [await openRegistry(), await openRegistry()];
    one.counter("x_total", "X", []).add({}, 2);
    two.counter("x_total", "X", []).add({}, 3);
    expect(await one.text()).toContain("x_total 2\n");
    expect(await two.text()).toContain("x_total 3\n");
  });

  it("forgets the series of a gauge that was cleared", async () => {
    const registry = await openRegistry();
    const gauge = registry.gauge("score", "S", ["model"]);
    gauge.set({ model: "old" }, 1);
    gauge.clear();
    gauge.set({ model: "new" }, 2);
    expect(await registry.text()).toBe('# HELP score S\n# TYPE score gauge\nscore{model="new"} 2\n');
  });
});
