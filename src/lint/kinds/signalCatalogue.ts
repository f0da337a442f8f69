import { readSignals } from "../../signals/catalogue.ts";
import type { FileKindOn } from "./kind.ts";

export const signalCatalogue: FileKindOn<"catalogue"> = {
  kind: "signal catalogue",
  summary: "every signal, once: label, unit, layer, which direction is bad news",
  on: "catalogue",
  named: (file) => /(^|\/)signals\/catalogue\.ya?ml$/.test(file),
  read(document) {
    const { catalogue: subject, findings } = readSignals(document, "schema");
    return { ...(subject === undefined ? {} : { subject }), findings };
  },
};
