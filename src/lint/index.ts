import { alerts } from "./alerts/index.ts";
import { completeness } from "./completeness/index.ts";
import { project } from "./project/index.ts";
import { queries } from "./queries/index.ts";
import type { Rule } from "./rule.ts";
import { safety } from "./safety/index.ts";
import { structure } from "./structure/index.ts";
import { yaml } from "./yaml/index.ts";

/** Every rule. What one file alone gets wrong in its shape is found before, as `yaml` and `schema`. */
export const rules: readonly Rule[] = [
  ...yaml,
  ...structure,
  ...queries,
  ...safety,
  ...completeness,
  ...alerts,
  ...project,
];
