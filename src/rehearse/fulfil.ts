import type { Condition } from "../steps/condition.ts";

/** What readings must end in, by id, so that a condition holds. `can`: what an id can end in; undefined: it is not read. */
type Can = (id: string) => readonly string[] | undefined;

export function fulfil({ all, any }: Condition, can: Can): Map<string, string> {
  const own = all.flatMap(({ id, outcomes }) => {
    const meant = outcomes.find((outcome) => can(id)?.includes(outcome));
    return meant === undefined ? [] : [[id, meant] as const];
  });
  const ways = any.map((one) => fulfil(one, can));
  return new Map([...own, ...(ways.find((way) => way.size > 0) ?? [])]);
}

/** So that it does not hold, although everything can be read. */
export function frustrate({ all, any }: Condition, can: Can): Map<string, string> {
  const own = all.flatMap(({ id, outcomes }) => {
    const others = can(id)?.filter((one) => !outcomes.includes(one)) ?? [];
    const [other] = [...others.filter((one) => !isBlind(one)), ...others];
    return other === undefined ? [] : [[id, other] as const];
  });
  return new Map([...own, ...any.flatMap((one) => [...frustrate(one, can)])]);
}

function isBlind(outcome: string): boolean {
  return outcome === "no-data" || outcome === "error";
}
