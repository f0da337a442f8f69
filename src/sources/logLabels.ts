import { z } from "zod";
import type { LogLabel } from "../queries/logLabel.ts";
import { dimensions } from "../timeline/scope.ts";

const name = z.string().regex(/^[A-Za-z_]\w*$/, "expected a label name of Loki: letters, digits and _");

/** Loki: `env: env` is a label of the stream, `{ field: model }` what a parser reads from the line, else metadata. */
export const lokiLabelsSchema = z.partialRecord(
  z.enum(dimensions),
  z.union([
    name.transform((label): LogLabel => ({ label, at: "stream" })),
    z.strictObject({ field: name }).transform(({ field }): LogLabel => ({ label: field, at: "field" })),
    z.strictObject({ metadata: name }).transform(({ metadata }): LogLabel => ({ label: metadata, at: "metadata" })),
  ]),
);

/** VictoriaLogs: everything is a field, whatever its name. */
export const fieldsSchema = z.partialRecord(
  z.enum(dimensions),
  z
    .string()
    .min(1)
    .transform((label): LogLabel => ({ label, at: "field" })),
);
