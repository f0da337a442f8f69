import type { Refusal } from "./answer.ts";
import type { Served } from "./served.ts";
import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** What every route has used of its limits. */
export interface Quota {
  /** counts a call, and says whether it is too much */
  refusal(asked: Asked, settings: RouteSettings): Refusal | undefined;
  /** counts what it used */
  count(asked: Asked, served: Served): void;
}

interface Used {
  calls: number;
  tokens: number;
}

export function openQuota(): Quota {
  let minute = -1;
  let used: Record<string, Used> = {};
  /** minutes and dollars, oldest first */
  const spent: Record<string, [minute: number, usd: number][]> = {};
  const minuteOf = ({ at }: Asked) => Math.floor(at / 60_000);

  return {
    refusal(asked, { rpm_limit, tpm_limit, max_tokens, budget_usd_per_hour }) {
      const now = minuteOf(asked);
      if (now !== minute) [minute, used] = [now, {}];
      const mine = (used[asked.route] ??= { calls: 0, tokens: 0 });
      mine.calls++;
      // Room is kept for the longest answer, as providers do: what was let in may need it.
      const tokens = mine.tokens + asked.promptTokens + max_tokens;
      if (mine.calls > rpm_limit || tokens > tpm_limit) return { type: "rate_limited", http_status: 429 };
      const recent = (spent[asked.route] ?? []).filter(([then]) => then > now - 60);
      spent[asked.route] = recent;
      const sum = recent.reduce((all, [, usd]) => all + usd, 0);
      return sum >= budget_usd_per_hour ? { type: "budget_exceeded", http_status: 429 } : undefined;
    },
    count(asked, { record }) {
      used[asked.route]!.tokens += record.token_usage.total;
      const all = (spent[asked.route] ??= []);
      const last = all.at(-1);
      if (last?.[0] === minuteOf(asked)) last[1] += record.cost_usd;
      else all.push([minuteOf(asked), record.cost_usd]);
    },
  };
}
