import { readRunbook } from "../../runbook/parse.ts";
import { asksOf } from "../asks.ts";
import type { Written } from "../expression.ts";
import type { FileKindOn } from "./kind.ts";

export const runbook: FileKindOn<"runbook"> = {
  kind: "runbook",
  summary: "what to look at, ask and change in one class of incidents",
  on: "runbook",
  read(document) {
    const { runbook: subject, findings } = readRunbook(document);
    return { ...(subject === undefined ? {} : { subject }), findings };
  },
  expressions: (subject) =>
    asksOf(subject).flatMap(({ id, ask, healthy, path }): Written[] => {
      const about = { use: "evidence" as const, name: id, ...(healthy === undefined ? {} : { healthy }) };
      if ("promql" in ask) return [{ language: "promql", text: ask.promql, path: [...path, "promql"], ...about }];
      if ("logql" in ask) return [{ language: "logql", text: ask.logql, path: [...path, "logql"], ...about }];
      if ("sql" in ask) return [{ language: "sql", text: ask.sql, path: [...path, "sql"], ...about }];
      return [];
    }),
};
