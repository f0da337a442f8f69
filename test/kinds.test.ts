import { describe, expect, it } from "vitest";
import { actionKinds } from "../src/actions/index.ts";
import { changeKinds } from "../src/changes/index.ts";
import { parseDocument } from "../src/document/document.ts";
import { mitigations } from "../src/mitigations/index.ts";
import { checkValue } from "../src/schema/schema.ts";
import { sinkKinds } from "../src/sinks/index.ts";
import { sourceKinds } from "../src/sources/index.ts";
import { stepKinds } from "../src/steps/index.ts";
import { targetKinds } from "../src/targets/index.ts";

/** An example is documentation: it must be what the schema next to it accepts. */
const valueOf = (example: string) => {
  const { document, findings } = parseDocument(example, "example.yaml");
  expect(findings).toEqual([]);
  return document!.value;
};

describe.each([
  ["source", sourceKinds],
  ["target", targetKinds],
  ["action", actionKinds],
  ["sink", sinkKinds],
  ["record of changes", changeKinds],
  ["mitigation", mitigations],
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
