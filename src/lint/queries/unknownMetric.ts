import type { Metrics } from "../metrics.ts";
import type { RuleOn } from "../rule.ts";
import { metricOf, nameIn, partsOf } from "./parts.ts";

export const unknownMetric: RuleOn<"promql"> = {
  on: "promql",
  name: "unknown-metric",
  summary: "a metric of a known stack is spelt as the stack spells it",
  severity: "warning",
  needs: "metrics",
  why: "There is no such series: the figure is never there, the alert never fires.",
  seen: "A public guide to TGI alerts on tgi_request_duration_seconds_bucket, which TGI calls tgi_request_duration_bucket; a LiteLLM dashboard asked for three names that were never exposed (https://github.com/joryirving/home-ops/pull/6956).",
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(tgi_request_faliure[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(tgi_request_failure[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, { metrics }, report) {
    if (metrics === undefined) return;
    for (const selector of partsOf(query)?.selectors ?? []) {
      const metric = metricOf(selector);
      if (metric === undefined || metrics.has(metric) || metrics.has(`${metric}_total`)) continue;
      const meant = meantBy(metric, metrics);
      if (meant === undefined) continue;
      report(nameIn(selector), `no stack that is known exposes ${metric}, did you mean ${meant}?`);
    }
  },
};

/** Beginnings that only one product has. Those of OpenTelemetry are named by whoever exports them. */
const prefixes = ["vllm:", "litellm_", "tgi_", "kong_ai_", "kong_http_", "envoy_cluster_"];

const answers = new WeakMap<Metrics, Map<string, string | undefined>>();

/** The one name that differs only by a unit, a "_total" too many, or a typing mistake in one of its words. */
function meantBy(metric: string, metrics: Metrics): string | undefined {
  const family = prefixes.find((prefix) => metric.startsWith(prefix));
  if (family === undefined) return undefined;
  const known = answers.get(metrics) ?? new Map<string, string | undefined>();
  answers.set(metrics, known);
  if (!known.has(metric)) known.set(metric, nearest(metric, family, metrics));
  return known.get(metric);
}

function nearest(metric: string, family: string, metrics: Metrics): string | undefined {
  const known = [...metrics.keys()].filter((name) => name.startsWith(family));
  const same = known.filter((name) => plain(name) === plain(metric));
  if (same.length === 1) return same[0];
  const near = known.filter((name) => isMistyped(metric, name));
  return near.length === 1 ? near[0] : undefined;
}

function plain(name: string): string {
  return name.replace(/_(seconds|milliseconds|ms|bytes|total)(?=_|$)/g, "");
}

function isMistyped(metric: string, name: string): boolean {
  const [a, b] = [metric.split(/[_:]/), name.split(/[_:]/)];
  if (a.length !== b.length) return false;
  const differing = a.flatMap((word, index) => (word === b[index] ? [] : [[word, b[index]!] as const]));
  return differing.length === 1 && isSlip(...differing[0]!);
}

/** One letter too many, too few or wrong, or two the wrong way round, in a word long enough to be sure. */
function isSlip(word: string, meant: string): boolean {
  if (meant.length < 5 || word.length < 4 || Math.abs(word.length - meant.length) > 1) return false;
  let start = 0;
  while (start < word.length && word[start] === meant[start]) start++;
  const [rest, other] = [word.slice(start), meant.slice(start)];
  if (rest.slice(1) === other.slice(1) || rest.slice(1) === other || rest === other.slice(1)) return true;
  return rest.slice(2) === other.slice(2) && rest[0] === other[1] && rest[1] === other[0];
}
