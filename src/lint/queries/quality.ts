/** Names of what is told about the quality of answers, not about their number, speed or price. */
export function isQuality(name: string): boolean {
  return words.test(name);
}

const words =
  /(?<![a-z])(?:hallucinations?|hallucinated|guardrails?|groundedness|faithfulness|refusals?|refused|flagged|toxic|toxicity|unsafe|thumbs_down|jailbreaks?|eval_scores?|quality_scores?|relevancy?)(?![a-z])/i;
