import type { IncidentClass, Severity } from "../timeline/event.ts";
import type { Paint } from "./paint.ts";
import { table } from "./table.ts";
import { wrap } from "./wrap.ts";

export interface RunbookRow {
  id: string;
  class: IncidentClass;
  severity: Severity;
  alerts: string[];
  title: string;
}

export function showRunbooks(rows: RunbookRow[], paint: Paint): string[] {
  if (rows.length === 0) return wrap("", ["There are no runbooks here."], paint);
  const cells = rows.map(({ id, class: kind, severity, alerts, title }) => [
    id,
    kind,
    severity,
    alerts.length === 0 ? title : `${title} (${alerts.join(", ")})`,
  ]);
  return table(["id", "class", "sev", "title and alerts"], cells, paint);
}
