import { answer, refuse } from "./answer.ts";
import { openBreaker } from "./breaker.ts";
import type { Effect, Fault } from "./fault.ts";
import { openQuota } from "./quota.ts";
import type { Served } from "./served.ts";
import { onItsProvider, usualSettings, type RouteSettings, type Settings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** The simulated gateway: it holds the settings and answers requests by them. Requests must come in order of time. */
export interface Gateway {
  settings: Settings;
  serve(asked: Asked): Served;
  /** lets faults begin, when their time has come; what somebody would deploy waits for the end of a freeze */
  reach(at: number): void;
  /** those that have begun, and when, ms */
  begun: ReadonlyMap<Fault, number>;
  /** somebody takes back what caused the fault */
  mend(): void;
  isMended(): boolean;
}

export function openGateway(faults: readonly Fault[], faultAt: number): Gateway {
  const settings = usualSettings();
  const begun = new Map<Fault, number>();
  const held = new Set<Fault>();
  const quota = openQuota();
  const breaker = openBreaker();
  let mended = false;

  /** of all faults together */
  function effectOn(route: string, mine: RouteSettings): Effect {
    if (mended) return {};
    return Object.assign({}, ...[...begun.keys()].map((fault) => fault.effect?.(route, mine))) as Effect;
  }

  function serve(asked: Asked, mine: RouteSettings): Served {
    if (settings.blockedUsers.includes(asked.user.id))
      return refuse(asked, mine, { type: "user_blocked", http_status: 403 });
    if (!mine.enabled) return refuse(asked, mine, { type: "route_disabled", http_status: 503 });
    const refused = quota.refusal(asked, mine);
    if (refused !== undefined) return refuse(asked, mine, refused);
    const made = answer(asked, mine, { breaker, effectOn: (one) => effectOn(asked.route, one) });
    quota.count(asked, made);
    return made;
  }

  const self: Gateway = {
    settings,
    begun,
    reach(at) {
      if (at < faultAt || begun.size === faults.length) return;
      for (const fault of faults) {
        if (begun.has(fault)) continue;
        if (fault.onset !== undefined && settings.deploys.frozen) {
          held.add(fault);
          continue;
        }
        begun.set(fault, held.has(fault) ? at : faultAt);
        if (fault.onset !== undefined) Object.assign(settings.routes[fault.onset.route]!, fault.onset.settings);
      }
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
      return serve(asked, onItsProvider(settings.routes[asked.route]!));
    },
  };
  return self;
}
