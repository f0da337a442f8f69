import { answer, refuse, type Refusal, type Served } from "./answer.ts";
import type { Effect, Fault } from "./fault.ts";
import { usualSettings, type RouteSettings, type Settings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** The simulated gateway: it holds the settings and answers requests by them. Requests must come in order of time. */
export interface Gateway {
  settings: Settings;
  serve(asked: Asked): Served;
  /** lets the fault begin, when its time has come */
  reach(at: number): void;
  /** somebody takes back what caused the fault */
  mend(): void;
  isMended(): boolean;
}

export function openGateway(faults: readonly Fault[], faultAt: number): Gateway {
  const settings = usualSettings();
  let began = false;
  let mended = false;
  let minute = -1;
  let callsInMinute: Record<string, number> = {};

  function refusal({ route, user, at }: Asked): Refusal | undefined {
    const { enabled, rpm_limit } = settings.routes[route]!;
    if (settings.blockedUsers.includes(user.id)) return { type: "user_blocked", http_status: 403 };
    if (!enabled) return { type: "route_disabled", http_status: 503 };
    const now = Math.floor(at / 60_000);
    if (now !== minute) [minute, callsInMinute] = [now, {}];
    const calls = (callsInMinute[route] ?? 0) + 1;
    callsInMinute[route] = calls;
    return calls > rpm_limit ? { type: "rate_limited", http_status: 429 } : undefined;
  }

  /** of all faults together */
  function effectOn(route: string, mine: RouteSettings): Effect {
    return Object.assign({}, ...faults.map((fault) => fault.effect?.(route, mine))) as Effect;
  }

  const self: Gateway = {
    settings,
    reach(at) {
      if (began || at < faultAt) return;
      began = true;
      for (const { onset } of faults)
        if (onset !== undefined) Object.assign(settings.routes[onset.route]!, onset.settings);
    },
    mend() {
      mended = true;
      for (const { onset } of faults) {
        if (onset === undefined) continue;
        const usual = usualSettings().routes[onset.route]!;
        for (const key of Object.keys(onset.settings) as (keyof typeof usual)[])
          Object.assign(settings.routes[onset.route]!, { [key]: usual[key] });
      }
    },
    isMended: () => mended,
    serve(asked) {
      self.reach(asked.at);
      const mine = settings.routes[asked.route]!;
      const refused = refusal(asked);
      if (refused !== undefined) return refuse(asked, mine, refused);
      return answer(asked, mine, began && !mended ? effectOn(asked.route, mine) : undefined);
    },
  };
  return self;
}
