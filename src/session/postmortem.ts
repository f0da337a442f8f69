import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { renderPostmortem } from "../postmortem/render.ts";
import { openProject } from "../project.ts";
import { parseRunbook } from "../runbook/parse.ts";
import type { Incident } from "../timeline/incident.ts";
import type { World } from "../world/world.ts";
import { chooseIncident, openStore, readIncident } from "./ledger.ts";

export interface Writing {
  incident?: string | undefined;
  template?: string | undefined;
  output?: string | undefined;
  json: boolean;
}
