import { z } from "zod";
import type { Path } from "../../document/document.ts";
import { parseDuration } from "../../duration.ts";
import { checkSchema } from "../../schema/schema.ts";
import { needs } from "../../schema/words.ts";
import type { Expression } from "../expression.ts";
import type { FileKindOn } from "./kind.ts";

/** One rule of a Prometheus rule file: it wakes somebody, or only writes a series. */
export interface AlertRule {
  /** undefined: a recording rule */
  alert: string | undefined;
  record: string | undefined;
  expr: string;
  for: string | undefined;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  path: Path;
}

/** Prometheus takes every scalar as a text, and YAML makes numbers of what looks like one. */
const text = z.preprocess(
  (given) => (typeof given === "number" || typeof given === "boolean" ? String(given) : given),
  z.string(),
);
/** As Prometheus spells it: with another one it refuses the whole file. */
const duration = text.refine((said) => /^(0|(?=.)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)$/.test(said), {
  error: ({ input }) => needs("a duration like 30s, 5m or 1h30m", input),
});
const texts = z
  .record(z.string(), text)
  .nullish()
  .transform((given) => given ?? {});

const ruleSchema = z
  .strictObject({
    alert: text.optional(),
    record: text.optional(),
    expr: text,
    for: duration.optional(),
    keep_firing_for: duration.optional(),
    labels: texts,
    annotations: texts,
  })
  .refine(({ alert, record }) => (alert === undefined) !== (record === undefined), {
    error: "needs exactly one of `alert` and `record`",
  });

/** Prometheus' own fields, and those that Thanos, Mimir and the operator add to a group. */
const groupsSchema = z.array(
  z.looseObject({
    name: text,
    rules: z
      .array(ruleSchema)
      .nullish()
      .transform((given) => given ?? []),
  }),
);

export const ruleFile: FileKindOn<"alerts"> = {
  kind: "rule file",
  summary: "Prometheus alerting and recording rules, also as a PrometheusRule of the operator",
  on: "alerts",
  holds: (value) => Array.isArray(groupsOf(value)?.groups),
  read(document) {
    const { path = [] } = groupsOf(document.value) ?? {};
    const { value, findings } = checkSchema(groupsSchema, document, "schema", [...path, "groups"]);
    return { ...(value === undefined ? {} : { subject: rulesOf(value, path) }), findings };
  },
  expressions: (rules) =>
    rules.map(({ alert, record, expr, for: lasts = "0", path }): Expression => {
      const use = alert === undefined ? "recording" : "alert";
      const forMs = /^0[a-z]*$/.test(lasts) ? 0 : parseDuration(lasts);
      const about = { use, name: alert ?? record ?? "", ...(forMs === undefined ? {} : { forMs }) } as const;
      return { language: "promql", text: expr, path: [...path, "expr"], ...about };
    }),
};

/** Where the groups are: at the top, or in the spec of a PrometheusRule. */
function groupsOf(value: unknown): { groups: unknown; path: Path } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { groups, kind, spec } = value as { groups?: unknown; kind?: unknown; spec?: { groups?: unknown } | null };
  return kind === "PrometheusRule" ? { groups: spec?.groups, path: ["spec"] } : { groups, path: [] };
}

function rulesOf(groups: z.output<typeof groupsSchema>, path: Path): AlertRule[] {
  return groups.flatMap(({ rules }, group) =>
    rules.map(({ alert, record, expr, for: lasts, labels, annotations }, index) => ({
      alert,
      record,
      expr,
      for: lasts,
      labels,
      annotations,
      path: [...path, "groups", group, "rules", index],
    })),
  );
}
