import type { ChangeKind } from "./change.ts";
import { file } from "./file.ts";
import { git } from "./git.ts";
import { grafana } from "./grafana.ts";
import { kubernetes } from "./kubernetes.ts";
import { langfuse } from "./langfuse.ts";
import { unleash } from "./unleash.ts";

/** Where it stands who changed what. One line for each kind; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const changeKinds: ChangeKind<any>[] = [git, kubernetes, unleash, langfuse, grafana, file];
