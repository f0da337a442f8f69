import { calm, out, type Suspect } from "./suspect.ts";

const waiting = ["latency_p50", "latency_p95", "latency_p99", "ttft_p95", "timeout_rate"] as const;

export const serverDown: Suspect = {
  id: "server-down",
  says: "A model server of ours is down",
  question: "infrastructure",
  class: "availability",
  runbook: "provider-outage",
  leads: ["endpoint_up"],
  moves: [
    "error_rate",
    "rate_5xx",
    "provider_error_rate",
    "answer_rate",
    "request_rate",
    "retry_amplification",
    ...waiting,
  ],
  hints: [out("endpoint_up", 6), out("rate_5xx", 1)],
};

export const serverFull: Suspect = {
  id: "server-full",
  says: "A model server of ours is full: requests wait",
  question: "infrastructure",
  class: "latency",
  runbook: "latency-spike",
  leads: ["queue_waiting", "queue_time_p95", "kv_cache_usage"],
  moves: waiting,
  hints: [out("queue_waiting", 3), out("queue_time_p95", 3), out("kv_cache_usage", 3), out("ttft_p95", 1)],
};

export const retrievalSlow: Suspect = {
  id: "retrieval-slow",
  says: "Retrieval takes longer",
  question: "infrastructure",
  class: "latency",
  runbook: "latency-spike",
  leads: ["retrieval_p95"],
  moves: waiting,
  hints: [out("retrieval_p95", 4), calm("generation_p95", 1), calm("inter_token_latency_p95", 0.5)],
};

export const toolsSlow: Suspect = {
  id: "tools-slow",
  says: "Tool calls take longer",
  question: "infrastructure",
  class: "latency",
  runbook: "latency-spike",
  leads: ["tool_p95"],
  moves: waiting,
  hints: [out("tool_p95", 4), calm("generation_p95", 1)],
};
