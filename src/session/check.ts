import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject } from "../project.ts";
import { showCheck } from "../show/check.ts";
import { check } from "../timeline/check.ts";
import type { World } from "../world/world.ts";
import { chooseIncident, openStore } from "./ledger.ts";
import { onStdout } from "./stdout.ts";

/** `llmops incident check`. */
export async function checkIncident(
  world: World,
  asked: { incident: string | undefined; expect: string | undefined; json: boolean },
): Promise<ExitCode> {
  const { expect } = asked;
  if (expect !== undefined && !/^[0-9a-f]{64}$/.test(expect))
    throw new UserError({
      what: "A head is 64 digits of 0-9 and a-f, as `incident close` prints it.",
      next: "give it whole",
      code: exit.usage,
    });
  const store = openStore(world, await openProject(world));
  const id = await chooseIncident(asked.incident, store, world, "too");
  const checked = check(await store.read(id), expect);
  if (asked.json) world.terminal.programs(harmlessJson({ incident: id, record: store.place(id), ...checked }));
  else world.terminal.programs(showCheck(id, checked, onStdout(world)).join("\n"));
  return checked.sound ? exit.done : exit.findings;
}
