import type { LoadedRunbook } from "../runbook/load.ts";
import type { Json } from "../document/tree.ts";
import type { Draft } from "./fromIncident.ts";
import { unasked } from "./kinds.ts";
import { runTests } from "./run.ts";
import { spellFlow } from "./spell.ts";

/** A whole test file, but for `expect`. */
function spellDraft({ runbook, name, state, ...given }: Draft): string {
  const maps = Object.entries(given).filter(([, one]) => Object.keys(one).length > 0);
  return [
    `runbook: ${runbook}`,
    "",
    "tests:",
    `  - name: ${spellFlow(name)}`,
    ...maps.flatMap(([key, one]) => spellMap(key, one as Record<string, Json>)),
    ...(state.length === 0 ? [] : ["    state:", ...state.map((one) => `      - ${spellFlow(one)}`)]),
    "",
  ].join("\n");
}

function spellMap(key: string, map: Record<string, Json>): string[] {
  const flow = `    ${key}: ${spellFlow(map)}`;
  if (flow.length <= 120) return [flow];
  return [`    ${key}:`, ...Object.entries(map).map(([id, one]) => `      ${id}: ${spellFlow(one)}`)];
}

export interface Written {
  text: string;
  /** what each step of the walk ended in */
  walked: ReadonlyMap<string, string>;
  /** why it does not pass, were that so */
  misses: string[];
}

/**
 * The draft as a file that passes: what happens when it is walked is what it expects. What nobody came to then, because
 * the walk was left or went back, is skipped; what is not come to now is left out.
 */
export async function writeDraft(draft: Draft, loaded: LoadedRunbook, interrupted: AbortSignal): Promise<Written> {
  const { steps } = loaded.runbook;
  const said = new Set([...Object.keys(draft.answers), ...Object.keys(draft.outcomes)]);
  for (let turns = 0; ; turns++) {
    const set = { find: async () => loaded, update: true, interrupted };
    const { text, tests, happened, findings } = await runTests(spellDraft(draft), "test", set);
    const walk = happened[0];
    const walked = new Map(walk?.steps.map(({ id, outcome }) => [id, outcome]));
    const isHere = (id: string) => walked.has(id) || walk?.stopped?.at === id;
    const open = steps.filter(({ id, kind }) => isHere(id) && !said.has(id) && !unasked.includes(kind));
    const idle = walk?.stopped === undefined ? [...said].filter((key) => !isHere(key.split(".")[0]!)) : [];
    if (turns > steps.length || open.length + idle.length === 0)
      return {
        text,
        walked,
        misses: [...findings, ...tests.flatMap((test) => test.findings)].map(({ message }) => message),
      };
    for (const { id } of open) {
      said.add(id);
      draft.answers[id] = "skip";
    }
    for (const key of idle) {
      said.delete(key);
      delete draft.answers[key];
      delete draft.outcomes[key];
    }
  }
}
