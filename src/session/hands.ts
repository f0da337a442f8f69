import type { Desk } from "../engine/desk.ts";
import type { Hands } from "../engine/keyboard.ts";
import { Leave } from "../engine/person.ts";
import { drain, runStep } from "../engine/runStep.ts";
import { mitigations } from "../mitigations/index.ts";
import { showQueries } from "../show/queries.ts";
import { sayMoved } from "../timeline/describe.ts";
import { undoChange } from "../steps/undo.ts";
import { contextOf } from "../engine/context.ts";
import { liveChanges } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";

/** What the single keys do at any prompt: the same steps as a runbook's, asked for in between. */
export function handsOf(desk: Desk): Hands {
  const { recorder, speaker, person, world } = desk;
  const asked = (title: string) => ({ id: "asked", title });

  return {
    leaving:
      recorder.incident.kind === "drill"
        ? "Ctrl-C ends the drill, and its sandbox with it."
        : "Ctrl-C leaves; llmops incident resume goes on where you were.",
    mitigate: (kind) =>
      inBetween(async () => {
        const choices = mitigations.map((m) => ({ value: m.kind, label: m.summary }));
        const chosen = kind ?? (await person.choose("asked", { question: "Which mitigation?", choices }));
        const body = { do: chosen, with: {} };
        const { error } = await runStep(desk, "", { ...asked(`asked for: ${chosen}`), kind: "mitigate", body });
        if (error !== undefined) desk.tellProblem(error);
      }),
    undo: () =>
      inBetween(async () => {
        const live = liveChanges(recorder.incident);
        if (live.length === 0)
          return speaker.say("This incident has nothing in production. All that lives: llmops mitigation list");
        const choices = live.map(({ change }) => ({ value: change.id, label: sayMoved(change) }));
        const chosen = await person.choose("asked", { question: "Undo which change?", choices });
        const context = contextOf(desk, { runbook: "", step: "asked", title: `asked for: undo of ${chosen}` });
        const { error } = await drain(undoChange(chosen, context), desk, undefined);
        if (error !== undefined) desk.tellProblem(error);
      }),
    note: (text) => recorder.record(fact("noted", { text })),
    evidence() {
      const latest = [...recorder.incident.measurements.values()].map(({ last }) => last);
      speaker.say(...showQueries(latest, world.terminal));
    },
  };
}

/** Skipping or going back leaves what was asked for in between, not the step beneath it. */
async function inBetween(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof Leave)) throw thrown;
  }
}
