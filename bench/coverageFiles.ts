/** A cause, and the mitigations that are tried one after the other. */
const causes = {
  loop: ["rate-limit", "kill-switch"],
  bypass: ["cache", "model-switch"],
  inflation: ["token-clamp", "kill-switch"],
  dearer: ["model-switch", "rate-limit"],
  traffic: ["rate-limit", "model-switch"],
  prompt: ["token-clamp", "model-switch"],
};
const names = Object.keys(causes);
const failing = "[not-enough, no-effect, unproven, not-offered, declined, failed]";

/** Nine steps for each cause, and six around them. */
export const runbook = `id: many-causes
title: Many causes
class: cost
severity: SEV2
summary: Tokens cost far more than usual, for one of many reasons.
scope: [tenant, route]
owner: ai-platform
evidence:
  burn: cost_per_hour
  calls: request_rate
  length: tokens_out_avg
  cache: cache_hit_rate
  loops: retry_amplification
  errors: error_rate
  slow: ttft_p95
  routes: { signal: cost_per_hour, by: route }
  changed: { changes: 24h }
steps:
  - id: cause
    title: What changed?
    ask:
      question: What drives the cost?
      choices: { ${names.map((name) => `${name}: It is ${name}`).join(", ")} }
      hint: { loop: { loops: unhealthy }, bypass: { cache: unhealthy }, inflation: { length: unhealthy }, traffic: { calls: unhealthy } }
${Object.entries(causes)
  .map(([name, [first, second]]) => stepsOf(name, first!, second!))
  .join("")}  - { id: calm, title: Is it over?, wait: { until: { burn: healthy, errors: healthy }, within: 30m } }
  - { id: higher, title: Not over, when: { calm: timed-out }, escalate: { level: 2 } }
  - { id: tell, title: Tell the tenants, notify: { to: tenants } }
  - id: home
    title: Back to normal
    when: { calm: reached }
    undo: [${names.flatMap((name) => [`${name}-second`, `${name}-first`]).join(", ")}]
  - { id: stays, title: Does it stay so?, when: { home: undone }, wait: { until: { burn: healthy }, within: 15m } }
`;

function stepsOf(name: string, first: string, second: string): string {
  const step = (id: string, title: string, rest: string, when = `{ cause: ${name} }`) =>
    `  - { id: ${name}-${id}, title: ${title}, when: ${when}, ${rest} }\n`;
  const mitigate = (kind: string) => `mitigate: { do: ${kind}, for: 1h, verify: { burn: healthy }, within: 10m }`;
  return [
    step("where", "Which route?", `ask: { question: Which route spends it?, pick: routes }`),
    step("first", "Stop it gently", mitigate(first)),
    step("second", "Stop it hard", mitigate(second), `{ ${name}-first: ${failing} }`),
    step("help", "Nothing stopped it", `escalate: { level: 2 }`, `{ ${name}-second: ${failing} }`),
    step("calls", "What do the dearest calls say?", `logs: { of: expensive, sample: 10 }`),
    step("again", "Do calls fail now?", `measure: { signal: error_rate }`),
    step("jobs", "End runaway jobs", `run: end-${name}-jobs`),
    step("fix", "Mend the cause", `instruct: Take back the change that began it.`),
    step("calm", "Is the cause gone?", `wait: { until: { burn: healthy }, within: 15m }`),
  ].join("");
}

const parameters = "{ token-clamp: { max_tokens: 512 }, model-switch: { model: small }, rate-limit: { rpm: 60 } }";

/** Two tests for each cause, and two of the end. */
export const tests = `runbook: many-causes
scope: { tenant: acme, route: support.reply }
defaults: ${parameters}
evidence: { routes: { spread: [support.reply, search.answer] } }
tests:
${names.map(testsOf).join("")}  - name: It stays over, and people are called
    answers: { cause: loop, loop-where: none }
    outcomes:
      loop-first: not-offered
      loop-second: not-offered
      loop-calm: timed-out
      calm: timed-out
      higher: [sent, failed, not-offered]
      tell: [sent, failed, not-offered]
  - name: It is put back, or it is not
    answers: { cause: dearer, dearer-where: none }
    outcomes:
      dearer-first: helped
      dearer-calm: reached
      calm: reached
      home: [undone, undone, declined, failed]
      stays: [reached, timed-out, ~, ~]
`;

function testsOf(name: string): string {
  const [id, all] = [
    (step: string) => `${name}-${step}`,
    "not-enough, no-effect, unproven, not-offered, declined, failed",
  ];
  return `  - name: It is ${name}, and that is stopped
    evidence: { burn: [unhealthy, healthy], errors: healthy }
    answers: { cause: ${name}, ${id("where")}: support.reply, ${id("fix")}: [done, not-done] }
    outcomes: { ${id("first")}: helped, ${id("jobs")}: done }
  - name: It is ${name}, and little helps
    evidence: { burn: unhealthy }
    answers: { cause: ${name}, ${id("where")}: none }
    outcomes:
      ${id("first")}: [${all}]
      ${id("second")}: [helped, ${all}]
      ${id("help")}: [~, sent, failed, not-offered]
      ${id("calls")}: [sampled, none, error, not-offered]
      ${id("again")}: [healthy, unhealthy, no-data, error]
      ${id("jobs")}: [done, failed, declined, not-offered]
      ${id("calm")}: [reached, timed-out]
`;
}
