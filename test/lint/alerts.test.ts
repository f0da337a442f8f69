import { describe, expect, it } from "vitest";
import { lint } from "../../src/lint/lint.ts";

const about = new Set([
  "alert-without-runbook",
  "unknown-alert",
  "alert-twice",
  "class-without-runbook",
  "lost-label",
  "schema",
]);

/** Rule and place of what is found of alerts and runbooks together. */
function found(...files: { file: string; text: string }[]): string[] {
  return lint(files)
    .filter(({ rule }) => about.has(rule))
    .map(({ file, at, rule, message }) => `${file}:${at.line} ${rule}: ${message}`);
}

const runbook = (id: string, of: string, ...alerts: string[]) => ({
  file: `runbooks/${id}.yaml`,
  text: `id: ${id}\ntitle: T\nclass: ${of}\nseverity: SEV2\nsummary: S\nalerts: [${alerts.join(", ")}]\nsteps: [{ id: a, title: A, instruct: A }]\n`,
});
const classes = ["availability", "latency", "quality", "safety"].map((of) => runbook(`of-${of}`, of));
const rules = (...rules: string[]) => ({
  file: "rules.yml",
  text: `groups:\n  - name: llm\n    rules:\n${rules.map((rule) => `      - ${rule}\n`).join("")}`,
});

describe("the matrix of alerts and runbooks", () => {
  it.each([
    ["5", false],
    ["5 m", false],
    ["1m1h", false],
    ["five", false],
    ['""', false],
    ["0", true],
    ["0s", true],
    ["90s", true],
    ["1h30m", true],
    ["1d", true],
    ["{{ $x }}", false],
  ])("for: %s is a duration of Prometheus: %j", (lasts, isOne) => {
    const files = [
      runbook("cost-spike", "cost", "A"),
      ...classes,
      rules(`{ alert: A, expr: up == 0, for: '${lasts.replaceAll('"', "")}' }`),
    ];
    const told = isOne ? [] : [expect.stringMatching(/^rules\.yml:4 schema: `for` needs a duration like 30s/)];
    expect(found(...files)).toEqual(told);
  });

  it("is quiet where every alert leads somewhere and every runbook's alert exists", () => {
    const files = [
      runbook("cost-spike", "cost", "ByName"),
      ...classes,
      rules(
        "{ alert: ByName, expr: up == 0 }",
        "{ alert: ByLabel, expr: up == 0, labels: { runbook: cost-spike } }",
        "{ alert: ByAnnotation, expr: up == 0, annotations: { runbook: of-safety } }",
        '{ alert: ByLink, expr: up == 0, annotations: { runbook_url: "https://wiki.example.com/r/cost-spike.md?x=1#top" } }',
        "{ record: job:up, expr: sum(up) by (job) }",
      ),
    ];
    expect(found(...files)).toEqual([]);
  });

  it("names each alert without a runbook, each runbook without its alert, and what two claim", () => {
    const files = [
      runbook("cost-spike", "cost", "CostHigh", "CostExplodes"),
      runbook("cost-too", "cost", "CostHigh"),
      ...classes,
      rules(
        "{ alert: CostHigh, expr: up == 0 }",
        "{ alert: Forgotten, expr: up == 0 }",
        '{ alert: Elsewhere, expr: up == 0, annotations: { runbook_url: "https://wiki.example.com/cost" } }',
        "{ alert: CostExplode, expr: up == 0, labels: { runbook: cost-spike } }",
      ),
    ];
    expect(found(...files)).toEqual([
      "runbooks/cost-spike.yaml:6 alert-twice: CostHigh is claimed by cost-too too (runbooks/cost-too.yaml)",
      "runbooks/cost-spike.yaml:6 unknown-alert: no rule file defines the alert CostExplodes, did you mean CostExplode?",
      "runbooks/cost-too.yaml:6 alert-twice: CostHigh is claimed by cost-spike too (runbooks/cost-spike.yaml)",
      "rules.yml:5 alert-without-runbook: no runbook is for the alert Forgotten",
      "rules.yml:6 alert-without-runbook: this leads to no runbook that is known here (its last part would be the id)",
    ]);
  });

  it("without rule files the alerts of a runbook are believed", () =>
    expect(found(runbook("cost-spike", "cost", "Anything"))).toEqual([]));

  it("a team's runbook and ours may be for the same alert: they lie in two folders", () => {
    const ours = { ...runbook("cost-spike", "cost", "CostHigh"), file: "/usr/lib/llmops/runbooks/cost-spike.yaml" };
    expect(found(runbook("our-cost", "cost", "CostHigh"), ours)).toEqual([]);
  });

  it("says once which classes nobody wrote for, also with two rule files", () => {
    const files = [
      runbook("cost-spike", "cost", "A"),
      rules("{ alert: A, expr: up == 0 }"),
      { ...rules("{ alert: A, expr: up == 1 }"), file: "more.yml" },
    ];
    expect(found(...files)).toEqual([
      "rules.yml:4 class-without-runbook: there is no runbook of class availability, latency, quality, safety",
    ]);
  });

  it("reads a PrometheusRule of the operator", () => {
    const text = `kind: PrometheusRule\nspec:\n  groups:\n    - name: llm\n      rules:\n        - { alert: Forgotten, expr: up == 0 }\n`;
    expect(found(runbook("cost-spike", "cost"), ...classes, { file: "crd.yaml", text })).toEqual([
      "crd.yaml:6 alert-without-runbook: no runbook is for the alert Forgotten",
    ]);
  });

  it.each<[string, string, string]>([
    ["a rule that is neither", "{ expr: up }", "needs exactly one of `alert` and `record`"],
    ["a rule that is both", "{ alert: A, record: b, expr: up }", "needs exactly one of `alert` and `record`"],
    ["a rule without an expression", "{ alert: A }", "`expr` is missing"],
    ["a field that Prometheus refuses", "{ alert: A, expr: up, anotations: {} }", "anotations"],
  ])("%s is a finding at its place", (_, rule, message) => {
    const [first] = found(...classes, runbook("c", "cost"), rules(rule));
    expect(first).toContain("rules.yml:4 schema");
    expect(first).toContain(message);
  });

  it("file with hostile names: they are told harmlessly", () => {
    const text = `groups: [{ name: g, rules: [{ alert: "A\\e[2J\\nB", expr: up }] }]\n`;
    const [first] = found(...classes, runbook("c", "cost"), { file: "rules.yml", text });
    // oxlint-disable-next-line no-control-regex
    expect(first).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe("labels that an alert's texts show", () => {
  const shown = (expr: string, summary: string) =>
    found(
      ...classes,
      runbook("c", "cost", "A"),
      rules(`{ alert: A, expr: '${expr}', annotations: { summary: '${summary}' } }`),
    ).map((one) => one.replace(/.*gives no label (\S+):.*/, "$1"));

  it.each<[string, string]>([
    ["sum(rate(x_total[5m])) by (route) > 1", "{{ $labels.tenant }}"],
    ["sum(x) > 1", "for {{ .Labels.tenant }}"],
    ["x / on (route) y > 1", '{{ index $labels "tenant" }}'],
    ["histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1", "{{ $labels.tenant | title }}"],
    ["sum without (tenant) (x) > 1", "{{ with $labels.tenant }}{{ . }}{{ end }}"],
  ])("%s cannot show %s", (expr, summary) => expect(shown(expr, summary)).toEqual(["tenant"]));

  it.each<[string, string]>([
    ["sum(rate(x_total[5m])) by (tenant) > 1", "{{ $labels.tenant }}"],
    ["x > 1", "{{ $labels.tenant }}"],
    ["sum without (pod) (x) > 1", "{{ $labels.tenant }}"],
    ["sum(x) > 1", "{{ $value }} {{ $externalLabels.cluster }}"],
    ["sum(x) > 1", "$labels.tenantry is no label {{ $labels.alertname }}".replace("$labels.tenantry", "labels.tenant")],
    ["sum(x > bool", "{{ $labels.tenant }}"],
  ])("%s can show %s, or nothing is certain", (expr, summary) => expect(shown(expr, summary)).toEqual([]));
});
