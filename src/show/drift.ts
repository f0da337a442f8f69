import { nameOf, type Placed } from "../timeline/changes.ts";
import { sayShort } from "../timeline/describe.ts";
import { sayDrift } from "../timeline/drift.ts";

/** What others did to a live change, for who watches; or that it stands there again. */
export function showDrift(placed: Placed, now: number): string[] {
  const { incident, tracked } = placed;
  const { change, drifted } = tracked;
  const drift = sayDrift(tracked, now);
  const name = `${incident.id} ${change.id}`;
  if (drift === undefined)
    return [`  ${name}: your ${change.mitigation} stands there again: ${change.setting} is ${sayShort(change.after)}`];
  return [
    `! ${name}: your ${change.mitigation} was ${drift}`,
    ...(drifted?.hint === undefined ? [] : [`  ${drifted.hint}`]),
    "  Nothing is written because of it. Ours again: llmops mitigate, a change of its own. To end it:",
    `  llmops mitigation undo ${nameOf(placed)}`,
  ];
}
