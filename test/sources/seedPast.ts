/** A past with rates that can be computed by hand, in the names of the seed stack. */
export interface Stream {
  route: string;
  tenant: string;
  model: string;
  /** per second */
  ok: number;
  errors: number;
  /** US dollars for each request */
  price: number;
  /** tokens of each answer */
  tokens: number;
  /** seconds of each answer */
  seconds: number;
}

export const streams: Stream[] = [
  { route: "support", tenant: "acme", model: "gpt-4o", ok: 1.9, errors: 0.1, price: 0.002, tokens: 300, seconds: 1.5 },
  {
    route: "support",
    tenant: "globex",
    model: "gpt-4o",
    ok: 0.8,
    errors: 0.2,
    price: 0.002,
    tokens: 300,
    seconds: 1.5,
  },
  {
    route: "search",
    tenant: "acme",
    model: 'mini"} or vector(1) #\\',
    ok: 1,
    errors: 0,
    price: 0.001,
    tokens: 100,
    seconds: 0.5,
  },
];

const bounds = { llm_request_duration_seconds: [0.25, 0.5, 1, 2, 4], llm_tokens_used: [128, 256, 512, 1024] };

/** OpenMetrics from 26 hours before `end` (s) until `end`, every `step` s. In the last 20 minutes route support costs ten times as much. */
export function seedPast(end: number, step = 30): string {
  const times = Array.from({ length: Math.floor((26 * 3600) / step) + 1 }, (_, i) => end - 26 * 3600 + i * step);
  const surge = end - 20 * 60;
  const lines: string[] = [];
  const family = (name: string, type: string) => lines.push(`# TYPE ${name} ${type}`);
  const write = (name: string, labels: Record<string, string>, valueAt: (elapsed: number, time: number) => number) => {
    const set = Object.entries(labels)
      .map(([label, value]) => `${label}="${value.replace(/[\\"]/g, "\\$&")}"`)
      .join(",");
    for (const time of times)
      lines.push(`${name}{${set}} ${Number(valueAt(time - times[0]!, time).toFixed(6))} ${time}`);
  };
  const by = ({ route, tenant, model }: Stream) => ({ route, tenant, model });

  family("llm_requests", "counter");
  for (const s of streams) {
    write("llm_requests_total", { status: "success", ...by(s) }, (t) => s.ok * t);
    if (s.errors > 0) write("llm_requests_total", { status: "error", ...by(s) }, (t) => s.errors * t);
  }
  // a counter without "_total": OpenMetrics has no type for such a name
  family("llm_token_cost_dollars", "unknown");
  for (const s of streams) {
    const rate = (s.ok + s.errors) * s.price;
    const more = s.route === "support" ? 9 : 0;
    write("llm_token_cost_dollars", by(s), (t, time) => rate * (t + more * Math.max(0, time - surge)));
  }
  for (const [name, value] of [
    ["llm_request_duration_seconds", "seconds"],
    ["llm_tokens_used", "tokens"],
  ] as const) {
    family(name, "histogram");
    for (const s of streams) {
      for (const le of [...bounds[name], Infinity])
        write(`${name}_bucket`, { ...by(s), le: le === Infinity ? "+Inf" : String(le) }, (t) =>
          s[value] <= le ? s.ok * t : 0,
        );
      write(`${name}_sum`, by(s), (t) => s.ok * s[value] * t);
      write(`${name}_count`, by(s), (t) => s.ok * t);
    }
  }
  family("llm_provider_requests", "counter");
  write("llm_provider_requests_total", { provider: "openai" }, (t) => 3 * t);
  write("llm_provider_requests_total", { provider: "local" }, (t) => t);
  family("llm_provider_errors", "counter");
  write("llm_provider_errors_total", { provider: "openai" }, (t) => 0.75 * t);
  family("llm_retries", "counter");
  write("llm_retries_total", by(streams[0]!), (t) => 1 * t);
  family("llm_cache_requests", "counter");
  write("llm_cache_requests_total", { result: "hit", ...by(streams[2]!) }, (t) => 0.4 * t);
  write("llm_cache_requests_total", { result: "miss", ...by(streams[2]!) }, (t) => 0.6 * t);
  family("llm_hallucination_detected", "counter");
  write("llm_hallucination_detected_total", by(streams[0]!), (t) => 0.32 * t);
  family("llm_eval_score", "gauge");
  write("llm_eval_score", { metric: "groundedness", route: "support", model: "gpt-4o" }, () => 0.62);
  return `${lines.join("\n")}\n# EOF\n`;
}
