import { routeNames, routes, tenants, users, type User } from "./catalogue.ts";
import { openChance, type Chance } from "./chance.ts";
import type { Wanted } from "./completions.ts";
import type { Fault } from "./fault.ts";

/** Somebody asks for an answer. Nothing here depends on a setting: what becomes of it is the gateway's matter. */
export interface Asked {
  /** ms since 1970 */
  at: number;
  route: string;
  user: User;
  promptTokens: number;
  /** tokens of the answer in usual times, without a cap */
  answerTokens: number;
  question: string;
  /** the caller's own cap on the answer */
  maxTokens?: number;
  /** draws for all that is left to luck, the same ones whatever the settings are */
  luck: Luck;
}

export interface Luck {
  traceId: string;
  callId: string;
  conversationId: string;
  experiment: boolean;
  answer: number;
  /** 0 ≤ x < 1 each: something happens when it is below its probability */
  cached: number;
  attempts: readonly [number, number, number];
  timeout: number;
  hallucinated: number;
  violating: number;
  /** which of the possible errors, how good the answer */
  error: number;
  score: number;
  /** factors around 1 */
  ttft: number;
  pace: number;
}

export interface Traffic {
  seed: number;
  /** ms since 1970: the busiest time of the simulated day */
  busyAt: number;
  /** at the busiest time */
  callsPerSecond: number;
}

/** All that is asked for within one second (whole seconds since 1970), in order of time. */
export function askedIn(second: number, traffic: Traffic, loop?: Fault["loop"]): Asked[] {
  const chance = openChance(traffic.seed, second);
  const n = chance.times(traffic.callsPerSecond * busyness(second * 1000 - traffic.busyAt));
  const asked = Array.from({ length: n }, () => ask(second, chance, drawRoute(chance), chance.pick(users)));
  if (loop !== undefined) {
    const own = openChance(traffic.seed, second, 1);
    const user = { id: loop.user, tenant: tenants.find((tenant) => tenant.name === loop.tenant)! };
    for (let i = own.times(loop.callsPerSecond); i > 0; i--) asked.push(ask(second, own, loop.route, user));
  }
  return asked.sort((a, b) => a.at - b.at);
}

/** One request at the endpoint; `number` tells it from the others. */
export function askedBy(wanted: Wanted, at: number, seed: number, number: number): Asked {
  const chance = openChance(seed, number, 2);
  const { route, user, promptTokens, question, maxTokens } = wanted;
  const cap = maxTokens === undefined ? {} : { maxTokens };
  return { ...ask(0, chance, route, user), at, promptTokens, question, ...cap };
}

/** 1 for three hours around the busiest time, a tenth at night. */
function busyness(sinceBusy: number): number {
  const hours = Math.abs(((((sinceBusy / 3_600_000 + 12) % 24) + 24) % 24) - 12);
  const fall = Math.min(1, Math.max(0, (hours - 1.5) / 2.5));
  return 0.1 + 0.9 * (0.5 + 0.5 * Math.cos(Math.PI * fall));
}

function drawRoute(chance: Chance): string {
  let left = chance.unit();
  return routeNames.find((name) => (left -= routes[name]!.share) < 0) ?? routeNames[0]!;
}

function ask(second: number, chance: Chance, name: string, user: User): Asked {
  const route = routes[name]!;
  return {
    at: second * 1000 + chance.below(1000),
    route: name,
    user,
    promptTokens: Math.max(20, Math.round(chance.around(route.prompt, 0.3))),
    answerTokens: Math.max(5, Math.round(chance.around(route.completion, 0.22))),
    question: chance.pick(route.asks),
    luck: {
      traceId: chance.hex(32),
      callId: `call-${chance.hex(16)}`,
      conversationId: `conv-${chance.hex(8)}`,
      experiment: chance.is(0.1),
      answer: chance.unit(),
      cached: chance.unit(),
      attempts: [chance.unit(), chance.unit(), chance.unit()],
      timeout: chance.unit(),
      hallucinated: chance.unit(),
      violating: chance.unit(),
      error: chance.unit(),
      score: chance.unit(),
      ttft: chance.around(1, 0.3),
      pace: chance.around(1, 0.12),
    },
  };
}
