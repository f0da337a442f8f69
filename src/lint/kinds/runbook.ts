import { readRunbook } from "../../runbook/parse.ts";
import { asksOf } from "../asks.ts";
import type { Expression } from "../expression.ts";
import { hasKeys, type FileKindOn } from "./kind.ts";

/** What has steps and one of these is meant as a runbook, and not as something else that has steps. */
const runbookKeys = ["title", "class", "severity", "summary", "evidence"];

export const runbook: FileKindOn<"runbook"> = {
  kind: "runbook",
  summary: "what to look at, ask and change in one class of incidents",
  on: "runbook",
  holds: (value) => hasKeys(value, "steps") && runbookKeys.some((key) => hasKeys(value, key)),
  read(document) {
    const { runbook: subject, findings } = readRunbook(document);
    return { ...(subject === undefined ? {} : { subject }), findings };
  },
  expressions: (subject) =>
    asksOf(subject).flatMap(({ id, ask, healthy, path }): Expression[] => {
      const about = { use: "evidence" as const, name: id, ...(healthy === undefined ? {} : { healthy }) };
      if ("promql" in ask) return [{ language: "promql", text: ask.promql, path: [...path, "promql"], ...about }];
      if ("logql" in ask) return [{ language: "logql", text: ask.logql, path: [...path, "logql"], ...about }];
      if ("sql" in ask) return [{ language: "sql", text: ask.sql, path: [...path, "sql"], ...about }];
      return [];
    }),
};
