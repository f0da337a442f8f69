import { z } from "zod";

/** id → outcomes that satisfy it, all of them ANDed; `any` holds alternatives. */
export interface Condition {
  all: { id: string; outcomes: string[] }[];
  any: Condition[];
}

const outcomesSchema = z.union([z.string(), z.array(z.string()).min(1)]);

/** `{ cause: one, burn: [unhealthy, no-data], any: [{…}, {…}] }` */
export const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z
    .object({ any: z.array(conditionSchema).min(1).optional() })
    .catchall(outcomesSchema)
    .refine((given) => Object.keys(given).length > 0, "is empty: name an id and its outcome, like { cause: one }")
    .transform(({ any, ...rest }) => ({
      all: Object.entries(rest).map(([id, outcomes]) => ({ id, outcomes: [outcomes].flat() })),
      any: any ?? [],
    })),
);

/** `outcomeOf` gives "skipped" for a skipped id, and undefined for one that was not reached: no condition holds on that. */
export function evaluate(condition: Condition, outcomeOf: (id: string) => string | undefined): boolean {
  const holds = ({ id, outcomes }: Condition["all"][number]) => {
    const outcome = outcomeOf(id);
    return outcome !== undefined && outcomes.includes(outcome);
  };
  return (
    condition.all.every(holds) && (condition.any.length === 0 || condition.any.some((one) => evaluate(one, outcomeOf)))
  );
}

/** Every id that the condition names, once. */
export function idsOf(condition: Condition): string[] {
  return [...new Set(refersOf(condition).map(({ id }) => id))];
}

/** Every id that the condition names with the outcomes it wants, and where it stands below `at`. */
export function refersOf(
  condition: Condition,
  at: (string | number)[] = [],
): { id: string; outcomes: string[]; at: (string | number)[] }[] {
  return [
    ...condition.all.map(({ id, outcomes }) => ({ id, outcomes, at: [...at, id] })),
    ...condition.any.flatMap((one, index) => refersOf(one, [...at, "any", index])),
  ];
}

/** "burn healthy", "cause inflation or traffic, and burn unhealthy". */
export function sayCondition(condition: Condition): string {
  const all = condition.all.map(({ id, outcomes }) => `${id} ${outcomes.join(" or ")}`);
  const any = condition.any.map(sayCondition).join(", or ");
  const both = condition.any.length > 1 && all.length > 0 ? `either ${any}` : any;
  return [...all, ...(any === "" ? [] : [both])].join(", and ");
}
