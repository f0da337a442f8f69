import { describe, expect, it } from "vitest";
import { actionKinds } from "../src/actions/index.ts";
import { changeKinds } from "../src/changes/index.ts";
import { parseDocument } from "../src/document/document.ts";
import { mitigations } from "../src/mitigations/index.ts";
import { loadAll, loadNamed, type Kinds } from "../src/schema/oneOf.ts";
import { checkValue } from "../src/schema/schema.ts";
import { sinkKinds } from "../src/sinks/index.ts";
import { sourceKinds } from "../src/sources/index.ts";
import { stepKinds } from "../src/steps/index.ts";
import { targetKinds } from "../src/targets/index.ts";
import type { TargetKind } from "../src/targets/target.ts";

/** An example is documentation: it must be what the schema next to it accepts. */
const valueOf = (example: string) => {
  const { document, findings } = parseDocument(example, "example.yaml");
  expect(findings).toEqual([]);
  return document!.value;
};

/** Those that are loaded when a project names them. */
const lazy: [string, Kinds<Pick<TargetKind, "kind" | "schema" | "example">>][] = [
  ["source", sourceKinds],
  ["target", targetKinds],
  ["action", actionKinds],
  ["sink", sinkKinds],
  ["record of changes", changeKinds],
];
const loaded = await Promise.all(lazy.map(async ([what, kinds]) => [what, (await loadAll(kinds)).kinds] as const));

describe.each(loaded)("every %s", (_, kinds) => {
  it("is listed by its own name", () => {
    for (const [name, { kind }] of kinds) expect(name).toBe(kind);
  });
});

it("a project loads the kinds that it names, and no others; it knows the names of all", async () => {
  const asked: string[] = [];
  const kinds: Kinds<string> = Object.fromEntries(
    ["consul", "etcd", "file"].map((name) => [name, async () => (asked.push(name), name)]),
  );
  const section = { gateway: { consul: {} }, flags: { flie: {} }, cache: null, list: ["file"] };
  const { names, kinds: some } = await loadNamed(kinds, section);
  expect(names).toEqual(["consul", "etcd", "file"]);
  expect([...some.keys()]).toEqual(["consul"]);
  expect(asked).toEqual(["consul"]);
  for (const odd of [undefined, null, 5, "consul", ["consul"]])
    expect((await loadNamed(kinds, odd)).kinds.size).toBe(0);
  expect(asked).toEqual(["consul"]);
});

describe.each([
  ...loaded.map(([what, kinds]) => [what, [...kinds.values()]] as const),
  ["mitigation", mitigations] as const,
])("every %s", (_, kinds) => {
  it.each(kinds.map((it) => [it.kind, it] as const))("%s: its example is valid", (_kind, { schema, example }) => {
    expect(checkValue(schema, valueOf(example)).mistakes).toEqual([]);
  });

  it("has a name of its own", () => {
    expect(new Set(kinds.map((it) => it.kind)).size).toBe(kinds.length);
  });
});

describe("every step", () => {
  it.each(stepKinds.map((it) => [it.kind, it] as const))(
    "%s: its example is a whole step with outcomes",
    (kind, step) => {
      const example = valueOf(step.example) as Record<string, unknown>;
      expect(Object.keys(example).filter((key) => !["id", "title", "when"].includes(key))).toEqual([kind]);
      const { value, mistakes } = checkValue(step.schema, example[kind]);
      expect(mistakes).toEqual([]);
      const outcomes = step.outcomes(value);
      expect(new Set(outcomes).size).toBe(outcomes.length);
      // `continue` hands over to another runbook: it is the one step that ends in nothing
      expect(outcomes.length > 0).toBe(kind !== "continue");
    },
  );
});
