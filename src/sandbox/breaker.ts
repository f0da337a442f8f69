import type { Served } from "./served.ts";
import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** Who failed how often in a row, for each route and provider; it works where the settings turn it on. */
export interface Breaker {
  isOpen(settings: RouteSettings, asked: Asked): boolean;
  /** what became of a call; one that was not made changes nothing */
  tell(settings: RouteSettings, asked: Asked, served: Pick<Served, "record" | "tries">): void;
}

const usual = { failures: 5, cooldown_ms: 30_000 };

export function openBreaker(): Breaker {
  const states = new Map<string, { failures: number; openUntil: number }>();
  const stateOf = ({ provider }: RouteSettings, { route }: Asked) => {
    const key = `${route} ${provider}`;
    const state = states.get(key) ?? { failures: 0, openUntil: 0 };
    states.set(key, state);
    return state;
  };

  return {
    isOpen: (settings, asked) => settings.circuit_breaker !== false && asked.at < stateOf(settings, asked).openUntil,
    tell(settings, asked, { record, tries }) {
      if (settings.circuit_breaker === false || tries.length === 0) return;
      const { failures, cooldown_ms } = settings.circuit_breaker === true ? usual : settings.circuit_breaker;
      const state = stateOf(settings, asked);
      // One that fails after the pause opens it again at once: the count stays until one succeeds.
      state.failures = record.error === null ? 0 : state.failures + 1;
      if (state.failures >= failures) state.openUntil = asked.at + cooldown_ms;
    },
  };
}
