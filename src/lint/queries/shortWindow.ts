import { sayDuration } from "../../duration.ts";
import type { RuleOn } from "../rule.ts";
import { bare, partsOf } from "./parts.ts";

export const shortWindow: RuleOn<"promql"> = {
  on: "promql",
  name: "short-window",
  summary: "a rate has enough samples",
  severity: "warning",
  why: "One late scrape and the window holds a single sample: the figure is gone when the system is slow.",
  seen: "Dashboards of ScyllaDB asked for 30s and were empty where samples came less often (https://github.com/scylladb/scylla-monitoring/issues/767); the same in https://github.com/etcd-io/etcd/pull/12177.",
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(calls_total[30s]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(calls_total[2m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    for (const { name, args } of partsOf(query)?.calls ?? []) {
      const range = args[0] === undefined || !slopes.test(name) ? undefined : bare(args[0]);
      const ms = range?.kind === "range" ? range.window.ms : undefined;
      if (range?.kind !== "range" || ms === undefined || ms <= 0 || ms >= 4 * scrapeMs) continue;
      report(
        range.window,
        `${name}() over ${sayDuration(ms)} is less than four samples, where one is taken every 15s`,
        "1m at least, 5m is usual; more where samples are taken less often",
      );
    }
  },
};

const slopes = /^(rate|increase|delta|deriv)$/;
const scrapeMs = 15_000;
