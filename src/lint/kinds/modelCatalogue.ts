import { catalogueSchema } from "../../models/facts.ts";
import { checkSchema } from "../../schema/schema.ts";
import type { FileKindOn } from "./kind.ts";

export const modelCatalogue: FileKindOn<"models"> = {
  kind: "model catalogue",
  summary: "what is known of some models, for the check before a model switch",
  on: "models",
  named: (file) => /(^|\/)models\/catalogue\.ya?ml$/.test(file),
  read(document) {
    const { value: subject, findings } = checkSchema(catalogueSchema, document, "schema");
    return { ...(subject === undefined ? {} : { subject }), findings };
  },
};
