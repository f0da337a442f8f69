import { contextOf } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import { UserError } from "../errors.ts";
import { settleDoubts } from "../steps/doubt.ts";
import { changesInDoubt } from "../timeline/changes.ts";

/** Whoever comes next reads what an interrupted write became, before anything else is planned. */
export async function settleOpenDoubts(desk: Desk): Promise<void> {
  for (const { change } of changesInDoubt(desk.recorder.incident)) {
    const target = desk.project.targets.find(({ name }) => name === change.target);
    const lever = target?.levers.find(({ setting }) => setting === change.setting);
    if (target === undefined || lever === undefined) continue;
    const context = contextOf(desk, { runbook: "", step: "settle", title: "settle what is in doubt" });
    const at = { target: target.open(), name: change.target, lever, scope: change.scope };
    try {
      await settleDoubts(at, context);
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      desk.speaker.say(`! ${thrown.what}`);
    }
  }
}
