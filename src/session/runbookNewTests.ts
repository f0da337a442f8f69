import { runTests } from "../rehearse/run.ts";
import { parseRunbook } from "../runbook/parse.ts";
import { skeletons, type Draft } from "./runbookNewText.ts";

/** Tests of a new runbook, with what happens written in: the shape to fill in further walks by. */
export async function newTests(draft: Draft, runbook: string, interrupted: AbortSignal): Promise<string> {
  const { runbook: read, document } = parseRunbook(runbook, `${draft.id}.yaml`);
  const loaded = { runbook: read!, document: document!, file: `${draft.id}.yaml`, text: runbook };
  const { text } = await runTests(walks(draft), `${draft.id}.test.yaml`, {
    find: async () => loaded,
    update: true,
    interrupted,
  });
  return text;
}

/** What each change of the skeletons moves. */
const levers = {
  clamp: "{ setting: max_tokens, route: search, is: 4096 }",
  swap: "{ setting: model, route: search, is: large }",
  stop: "{ setting: enabled, route: search, is: true }",
} as const;

function walks({ id, class: kind }: Draft): string {
  const { changes } = skeletons[kind];
  const [first] = changes;
  return `runbook: ${id}
scope: { tenant: acme }
defaults: { token-clamp: { max_tokens: 512 }, model-switch: { model: small } }
evidence: { routes: { concentrated: search } }

tests:
  - name: The alert was wrong
    evidence: { main: healthy }
    answers: { cause: proposed, false-alarm: done }

  - name: The first change helps, the cause is mended, and everything is put back
    evidence: { main: [unhealthy, healthy], models: { concentrated: large } }
    state: [${levers[first!]}]
    answers: { cause: proposed, where: search, ${first}: apply, fix: done, home: apply }
    outcomes: { samples: sampled, tell: sent }

  - name: Nothing helps, and people are called
    evidence: { main: unhealthy, tenants: { concentrated: acme } }
    state:
${changes.map((one) => `      - ${levers[one]}`).join("\n")}
    answers: { cause: proposed, where: search, ${changes.map((one) => `${one}: apply`).join(", ")}, fix: not-done }
    outcomes: { samples: sampled, help: sent, higher: sent, tell: sent }
`;
}
