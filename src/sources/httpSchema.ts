import { z } from "zod";
import { parsePointer } from "../document/edit.ts";
import { dimensions } from "../timeline/scope.ts";
import { connectionShape } from "./connection.ts";
import { mistakeIn, type Template } from "./httpTemplate.ts";

const pointer = z.string().refine((text) => parsePointer(text) !== undefined, "expected a JSON pointer, like /value");

/** The template of the request; left out, that of the signal itself. */
const request = {
  at: z.string().optional(),
  /** JSON that is POSTed; without it GET */
  body: z.json().optional(),
};

const signal = z
  .strictObject({
    at: z.string(),
    body: z.json().optional(),
    pointer,
    /** of the value's own time: a value of before the window is none */
    time: pointer.optional(),
    scale: z.number().default(1),
    /** how it is split: a list of rows, each with the name of a part and its number */
    by: z
      .partialRecord(z.enum(dimensions), z.strictObject({ ...request, rows: pointer, name: pointer, pointer }))
      .default({}),
    /** the past: a list of points */
    history: z
      .strictObject({ ...request, rows: pointer, time: pointer.default("/0"), pointer: pointer.default("/1") })
      .optional(),
  })
  .superRefine((value, context) => {
    const others = [
      ...Object.entries(value.by).map(([name, it]) => [["by", name], it] as const),
      [["history"], value.history] as const,
    ];
    check(value, [], context);
    for (const [path, it] of others)
      if (it?.at !== undefined || it?.body !== undefined)
        check({ at: it.at ?? value.at, body: it.body ?? value.body }, path, context);
  });
export type HttpSignal = z.output<typeof signal>;

function check(template: Template, path: readonly string[], context: z.RefinementCtx): void {
  const message = mistakeIn(template);
  if (message !== undefined) context.addIssue({ code: "custom", path: [...path, "at"], message });
}

export const httpSchema = z.strictObject({
  ...connectionShape,
  signals: z.record(z.string(), signal).refine((all) => Object.keys(all).length > 0, "expected at least one signal"),
});
export type HttpSettings = z.output<typeof httpSchema>;
