import { z } from "zod";

export const nameSchema = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "expected a name as Kubernetes has them");

/** Which cluster: always named, so that nobody acts on the one that happens to be current. */
export const clusterShape = {
  /** of the kubeconfig */
  context: z
    .string()
    .min(1)
    .refine((name) => !name.startsWith("-"), { message: "needs the name of a context" }),
  namespace: nameSchema,
};

/** Of one call of kubectl. */
export const callMs = 10_000;

/** What kubectl printed, read by a schema; undefined when it is something else, or was cut off. */
export function parse<T>(stdout: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(stdout)).data;
  } catch {
    return undefined;
  }
}
