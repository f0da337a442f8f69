import { describe, expect, it } from "vitest";
import { linesToAdd } from "../../src/audit/add.ts";
import { audit, lacksOf, type Offered } from "../../src/audit/audit.ts";
import type { Lever, Setting } from "../../src/timeline/setting.ts";
import { parseDocument } from "../../src/document/document.ts";

const lever = (setting: Setting, more: Partial<Lever> = {}): Offered => ({
  target: "gateway",
  lever: { setting, scope: ["route"], conditional: true, settles: 0, enforced: true, ...more },
});
const all = [lever("enabled"), lever("max_tokens"), lever("model"), lever("blocked", { scope: ["user"] })];
const routes = { "support.reply": { criticality: 1, owner: "support" } };
const lacks = (offered: readonly Offered[], register: Parameters<typeof audit>[0] = routes) =>
  lacksOf(audit(register, offered));

describe("an audit", () => {
  it("finds nothing where a route can be turned off, capped and replaced, and one user stopped", () => {
    expect(lacks(all)).toEqual([]);
  });

  it.each([
    ["enabled", "kill switch", "error"],
    ["max_tokens", "cap", "error"],
    ["model", "fallback", "error"],
    ["blocked", "block", "warning"],
  ] as const)("without %s says that there is no %s: %s for what is vital", (setting, need, severity) => {
    const left = all.filter((one) => one.lever.setting !== setting);
    expect(lacks(left)).toMatchObject([{ route: "support.reply", need, severity }]);
    const lesser = { "support.reply": { criticality: 2, owner: "support" } };
    expect(lacks(left, lesser)).toMatchObject([{ need, severity: "warning" }]);
  });

  it("does not count what nobody enforces", () => {
    const wish = all.map((one) => (one.lever.setting === "enabled" ? lever("enabled", { enforced: false }) : one));
    expect(lacks(wish)).toMatchObject([{ need: "kill switch", severity: "error" }]);
    expect(lacks(wish)[0]!.what).toContain("recorded only");
  });

  it("warns of a switch that moves more than the route", () => {
    const wide = all.map((one) => (one.lever.setting === "enabled" ? lever("enabled", { scope: [] }) : one));
    expect(lacks(wide)).toMatchObject([{ need: "kill switch", severity: "warning" }]);
    expect(lacks(wide)[0]!.what).toContain("has no route");
  });

  it.each(["rpm_limit", "tpm_limit", "budget_usd_per_hour", "max_input_tokens"] as const)("takes %s for a cap", (cap) =>
    expect(lacks([...all.filter((one) => one.lever.setting !== "max_tokens"), lever(cap)])).toEqual([]),
  );

  it("takes the register's word for a fallback", () => {
    const left = all.filter((one) => one.lever.setting !== "model");
    expect(lacks(left, { a: { owner: "x", fallback: "rules" } })).toEqual([]);
  });

  it("says only that there is no target where there is none", () => {
    expect(lacks([], { a: { criticality: 1 } })).toMatchObject([
      { need: "target", severity: "error" },
      { need: "owner", severity: "warning" },
    ]);
  });
});

describe("what to add", () => {
  const levers = { enabled: "llm/{route}/enabled", model: { at: "/routes/{route}", pointer: "/model" } };
  const add = (offered: readonly Offered[], written: object, register: Parameters<typeof audit>[0] = routes) =>
    linesToAdd(lacks(offered, register), [{ name: "gateway", kind: "consul", levers: written as never }]);

  it("is spelled like the levers beside it", () => {
    expect(add([lever("enabled"), lever("model")], levers)).toEqual([
      "targets:",
      "  gateway:",
      "    consul:",
      "      levers:",
      '        max_tokens: "llm/{route}/max_tokens"',
      '        blocked: { at: "llm/{route}/blocked", member: "{user}", create: true }',
    ]);
    expect(
      add(
        all.filter((one) => one.lever.setting === "model"),
        { model: levers.model },
      ).join("\n"),
    ).toContain('enabled: { at: "/routes/{route}", pointer: "/enabled" }');
  });

  it("is YAML, whatever a route is called", () => {
    const lines = add([], {}, { 'a: {"b"} #': { criticality: 1 }, "-": {} });
    const { document, findings } = parseDocument(lines.join("\n"), "x.yaml");
    expect(findings).toEqual([]);
    expect(document!.value).toMatchObject({ routes: { 'a: {"b"} #': { owner: "TEAM" }, "-": { owner: "TEAM" } } });
  });
});
