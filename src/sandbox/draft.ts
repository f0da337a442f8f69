import { models, routes } from "./catalogue.ts";
import type { Effect } from "./fault.ts";
import type { CallRecord } from "./record.ts";
import type { Served } from "./served.ts";
import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** What a model would say, if it says anything. */
export interface Draft extends Required<Pick<Served, "hallucinated" | "violated" | "score">> {
  said: Pick<
    CallRecord,
    "model_reported" | "status" | "finish_reason" | "flagged" | "token_usage" | "response_snapshot"
  >;
}

const usual = { tokens: 1, prompt: 1, hallucinated: 0.02, violating: 0.004 };
/** a line behind the system prompt makes bad answers rarer by this factor */
const guarded = 0.4;
const unable = "I cannot do that at the moment.";

export function draft(asked: Asked, settings: RouteSettings, effect: Effect): Draft {
  const { luck } = asked;
  const p = { ...usual, ...effect };
  const guard = settings.system_prompt_suffix === "" ? 1 : guarded;
  const unfounded = routes[asked.route]!.retrieved > 0 && settings.retrieval === false ? 3 : 1;
  const hallucinated = luck.hallucinated < p.hallucinated * guard * unfounded;
  const violated = luck.violating < p.violating * guard;
  const stopped = violated && settings.guardrails !== false;
  const flagged = hallucinated || stopped;

  const isUnable = lacksTool(asked, settings);
  const natural = isUnable ? unable.split(" ").length : Math.round(asked.answerTokens * p.tokens);
  const completion = Math.min(natural, settings.max_tokens, asked.maxTokens ?? Infinity);
  const prompt = promptTokens(asked, settings, p.prompt);
  return {
    said: {
      model_reported: effect.reported ?? models[settings.model]!.reported,
      status: flagged ? "flagged" : "success",
      finish_reason: stopped ? "content_filter" : natural > completion ? "length" : "stop",
      flagged,
      token_usage: { prompt, completion, total: prompt + completion },
      response_snapshot: stopped
        ? "[stopped by a guardrail]"
        : isUnable
          ? unable
          : textOf(asked, { hallucinated, violated, endless: natural > 3 * asked.answerTokens }),
    },
    hallucinated,
    violated: stopped,
    score: (hallucinated ? 0.1 : 0.82) + luck.score * (hallucinated ? 0.25 : 0.14),
  };
}

/** With what was retrieved and the lines behind the system prompt, cut where it is too long. */
function promptTokens(asked: Asked, settings: RouteSettings, times: number): number {
  const { retrieved } = routes[asked.route]!;
  const whole = asked.promptTokens * times;
  const own = asked.promptTokens * (1 - retrieved);
  const part = settings.retrieval === true || retrieved === 0 ? 1 : settings.retrieval === "degraded" ? 0.3 : 0;
  const suffix = Math.ceil(settings.system_prompt_suffix.length / 4);
  const natural = (part === 1 ? Math.round(whole) : Math.round(own + (whole - own) * part)) + suffix;
  return Math.min(natural, settings.max_input_tokens);
}

function lacksTool({ route, question }: Asked, { tools }: RouteSettings): boolean {
  return Object.entries(routes[route]!.tools).some(([tool, ask]) => ask === question && tools[tool] === false);
}

function textOf(asked: Asked, is: { hallucinated: boolean; violated: boolean; endless: boolean }): string {
  const { answers } = routes[asked.route]!;
  const text = answers[Math.floor(asked.luck.answer * answers.length)]!;
  if (is.violated) return `${text} [what a guardrail would have stopped]`;
  if (is.hallucinated) return `${text} As our policy 7.4 says, you get a second one free.`;
  return is.endless ? `${text} To explain this in full, let us first look at the history of ...` : text;
}
