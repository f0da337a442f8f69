import { calm, concentrated, drives, out, type Suspect } from "./suspect.ts";

const load = ["request_rate", "answer_rate", "cost_per_hour", "tokens_in_rate", "tokens_out_rate"] as const;

export const oneUserLoops: Suspect = {
  id: "one-user-loops",
  says: "One user or agent calls without end",
  question: "use",
  class: "cost",
  runbook: "cost-spike",
  leads: ["cost_per_hour", "request_rate"],
  // what one user sends most of is what the average call looks like
  moves: [
    ...load,
    "cost_per_request",
    "tokens_in_avg",
    "tokens_in_p95",
    "tokens_out_avg",
    "cache_hit_rate",
    "latency_p50",
    "latency_p95",
    "latency_p99",
  ],
  hints: [
    drives("cost_per_hour", "user", 4),
    drives("request_rate", "user", 4),
    concentrated("cost_per_hour", "user", 1),
    out("request_rate", 0.5),
  ],
};

export const retriesAddUp: Suspect = {
  id: "retries-add-up",
  says: "Calls are repeated although the provider answers",
  question: "use",
  class: "cost",
  runbook: "cost-spike",
  leads: ["retry_amplification"],
  moves: [...load, "latency_p95"],
  hints: [out("retry_amplification", 2), calm("error_rate", 1.5), out("provider_error_rate", -3)],
};

export const moreCalls: Suspect = {
  id: "more-calls",
  says: "There are more calls than usual, from many",
  question: "use",
  class: "cost",
  runbook: "cost-spike",
  leads: ["request_rate"],
  moves: [...load, "queue_waiting", "queue_time_p95"],
  hints: [moved("request_rate", "up", 3), calm("tokens_out_avg", 0.5), drives("request_rate", "user", -3)],
};

export const fewerCalls: Suspect = {
  id: "fewer-calls",
  says: "Fewer calls reach us than usual",
  question: "use",
  class: "availability",
  runbook: "provider-outage",
  leads: ["request_rate"],
  moves: [...load],
  hints: [moved("request_rate", "down", 3), calm("error_rate", 0.5)],
};

export const cacheBypassed: Suspect = {
  id: "cache-bypassed",
  says: "The cache answers less than usual",
  question: "use",
  class: "cost",
  runbook: "cost-spike",
  leads: ["cache_hit_rate"],
  moves: ["cost_per_hour", "cost_per_request", "cost_per_success", "latency_p50"],
  hints: [out("cache_hit_rate", 3), out("cost_per_request", 0.5), calm("request_rate", 0.5)],
};

/** Outside the usual range on that side. */
function moved(signal: string, way: "up" | "down", weight: number) {
  const hint = out(signal, weight);
  return {
    ...hint,
    look: (read: Parameters<typeof hint.look>[0]) => {
      const { value, usual } = read.of(signal) ?? {};
      if (value === undefined || usual === undefined) return undefined;
      return (way === "up" ? value > usual.high : value < usual.low) ? hint.look(read) : undefined;
    },
  };
}
