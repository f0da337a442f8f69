import { formatDuration } from "../duration.ts";
import { didYouMean, exit, UserError } from "../errors.ts";
import type { Paint } from "../show/paint.ts";
import { pointAt } from "../show/point.ts";
import { checkPromql, type Mistake } from "../queries/check.ts";
import { checkLogql, isMetric } from "../queries/logqlCheck.ts";
import { hasStats, rewriteLogsql } from "../queries/logsql.ts";
import { rewrite } from "../queries/rewrite.ts";
import type { Language, Query, Source } from "../sources/source.ts";

interface Asked {
  language: Language;
  source: Source;
  /** of one reading, where the expression itself has no window */
  windowMs: number;
}

/** The expression as its source is asked; throws for what can be seen to be wrong with it before anything is sent. */
export function readExpression(text: string, asked: Asked, paint: Paint): { query: Query; shown: string } {
  const { source, windowMs } = asked;
  switch (asked.language) {
    case "promql": {
      refuse(checkPromql(text), text, "PromQL", paint);
      const made = rewrite(text, source.match === undefined ? {} : { match: source.match });
      if ("refused" in made) throw wrong(made.refused);
      return { query: made, shown: made.promql };
    }
    case "logql":
      refuse(checkLogql(text), text, "LogQL", paint);
      if (!isMetric(text)) throw selectsLines(`sum(count_over_time(${text.trim()} [5m]))`);
      return { query: { logql: text }, shown: text };
    case "logsql": {
      const made = rewriteLogsql(text, {});
      if ("refused" in made) throw wrong(made.refused);
      if (!hasStats(text)) throw selectsLines(`_time:5m ${text.trim()} | stats count()`);
      return { query: { logsql: text }, shown: text };
    }
    case "sql":
      return { query: { sql: text, scope: {}, windowMs }, shown: `${text} over ${formatDuration(windowMs)}` };
    case "signal": {
      const names = [...(source.signals?.keys() ?? [])];
      if (!names.includes(text))
        throw wrong(
          `The source computes no signal ${JSON.stringify(text)}${didYouMean(text, names)}`,
          names.length === 0 ? undefined : `one of: ${names.join(", ")}`,
        );
      return { query: { signal: text, scope: {}, windowMs }, shown: `${text} over ${formatDuration(windowMs)}` };
    }
  }
}

function refuse([mistake]: readonly Mistake[], text: string, language: string, paint: Paint): void {
  if (mistake === undefined) return;
  throw new UserError({
    what: `This is no ${language}: ${mistake.message}`,
    details: pointAt(text, mistake, paint),
    next: "mend it; nothing was sent",
    code: exit.usage,
  });
}

function selectsLines(counted: string): UserError {
  return wrong("That selects log lines, which are not shown here.", `count them: ${counted}`);
}

function wrong(what: string, next?: string): UserError {
  return new UserError({ what, ...(next === undefined ? {} : { next }), code: exit.usage });
}
