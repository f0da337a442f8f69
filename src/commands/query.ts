import { command } from "./command.ts";

export const query = command({
  name: "query",
  summary: "one expression, asked of one source",
  group: "Start here",
  details:
    "The language is that of the source: PromQL, LogQL or LogsQL that gives numbers, an SQL aggregate expression over call " +
    "records, or the name of a signal that the source computes. Changes nothing and records nothing. Exit code 0: answered, " +
    "even with nothing; 2: the expression cannot be read, nothing was sent; 3: no answer.",
  args: {
    source: { summary: "its name in llmops.yaml", required: true },
    expr: { summary: "the expression, as one word: quote it", required: true },
  },
  options: {
    range: { summary: "over so much time, not only now", value: "1h" },
    step: { summary: "of a range: how far apart its points are", value: "1m" },
    chart: { summary: "draw the range; of the last hour where none is given" },
    csv: { summary: "every value, for a spreadsheet" },
  },
  json: true,
  examples: [
    'llmops query metrics "sum by (route) (rate(calls_total[5m]))"',
    'llmops query metrics "rate(calls_total[5m])" --range 6h --chart',
    'llmops query calls "avg(latency_ms)" --range 1h --csv',
  ],
  async run(world, { args, options, json }) {
    const { runQuery } = await import("../session/query.ts");
    return runQuery(world, { ...args, ...options, json });
  },
});
