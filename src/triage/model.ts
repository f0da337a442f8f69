import { calm, concentrated, out, type Suspect } from "./suspect.ts";

const spending = ["cost_per_hour", "cost_per_request", "cost_per_success"] as const;
const waiting = ["latency_p50", "latency_p95", "latency_p99", "generation_p95"] as const;
const doubted = ["flagged_rate", "thumbs_down_rate"] as const;

export const longerAnswers: Suspect = {
  id: "longer-answers",
  says: "Answers are longer than usual: a prompt, a lost cap",
  question: "model",
  class: "cost",
  runbook: "cost-spike",
  leads: ["tokens_out_avg", "tokens_out_p95"],
  moves: [...spending, ...waiting, "tokens_out_rate", "truncation_rate", "timeout_rate"],
  hints: [out("tokens_out_avg", 3), out("tokens_out_p95", 1), out("cost_per_request", 1), calm("request_rate", 0.5)],
};

export const longerPrompts: Suspect = {
  id: "longer-prompts",
  says: "Prompts are longer than usual: retrieval, history, a template",
  question: "model",
  class: "cost",
  runbook: "cost-spike",
  leads: ["tokens_in_avg", "tokens_in_p95"],
  moves: [...spending, "tokens_in_rate", "ttft_p95", "latency_p95", "latency_p99"],
  hints: [out("tokens_in_avg", 3), out("tokens_in_p95", 1), out("cost_per_request", 1), calm("request_rate", 0.5)],
};

export const dearerModel: Suspect = {
  id: "dearer-model",
  says: "The same calls cost more: another model, another price",
  question: "model",
  class: "cost",
  runbook: "cost-spike",
  leads: ["cost_per_request"],
  moves: [...spending],
  hints: [
    out("cost_per_request", 1.5),
    calm("tokens_out_avg", 1),
    calm("tokens_in_avg", 1),
    concentrated("cost_per_hour", "model", 1),
    out("cache_hit_rate", -2),
  ],
};

export const inventsAnswers: Suspect = {
  id: "invents-answers",
  says: "Answers are wrong or invented",
  question: "model",
  class: "quality",
  runbook: "quality-regression",
  leads: ["hallucination_rate", "groundedness_score", "thumbs_down_rate"],
  moves: doubted,
  hints: [
    out("hallucination_rate", 3),
    out("groundedness_score", 3),
    out("thumbs_down_rate", 2),
    out("flagged_rate", 1),
    concentrated("hallucination_rate", "model", 1),
    concentrated("hallucination_rate", "route", 0.5),
    calm("error_rate", 0.5),
  ],
};

export const refusesMore: Suspect = {
  id: "refuses-more",
  says: "The model declines to answer more often",
  question: "model",
  class: "quality",
  runbook: "quality-regression",
  leads: ["refusal_rate"],
  moves: doubted,
  hints: [out("refusal_rate", 3), out("thumbs_down_rate", 1)],
};

export const malformedAnswers: Suspect = {
  id: "malformed-answers",
  says: "Answers cannot be parsed",
  question: "model",
  class: "quality",
  runbook: "quality-regression",
  leads: ["format_failure_rate"],
  moves: [...doubted, "error_rate", "retry_amplification"],
  hints: [out("format_failure_rate", 3), calm("provider_error_rate", 0.5)],
};

export const cutOffAnswers: Suspect = {
  id: "cut-off-answers",
  says: "Answers are cut off: a cap is too low, or ours",
  question: "model",
  class: "quality",
  runbook: "quality-regression",
  leads: ["truncation_rate"],
  moves: [...doubted, "format_failure_rate", "tokens_out_avg", "tokens_out_p95"],
  hints: [out("truncation_rate", 3), out("format_failure_rate", 1)],
};

export const unsafeAnswers: Suspect = {
  id: "unsafe-answers",
  says: "Guardrails stop or find unsafe answers",
  question: "model",
  class: "safety",
  runbook: "safety-violation",
  leads: ["guardrail_violation_rate"],
  moves: doubted,
  hints: [
    out("guardrail_violation_rate", 4),
    concentrated("guardrail_violation_rate", "route", 1),
    out("flagged_rate", 0.5),
  ],
};
