import type { Desk } from "../engine/desk.ts";
import { readText } from "../runbook/load.ts";
import { digestOf } from "../timeline/chain.ts";

/**
 * Says which runbooks of the incident are no longer what they were when it began, each change once however often it is
 * called. The walk keeps to the text that was pinned.
 */
export function openPinWatch({ recorder, speaker, world }: Desk): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    for (const [id, { origin, digest }] of recorder.incident.pinned) {
      const read = await readText(world.files, origin);
      const now = "text" in read ? digestOf(read.text) : "";
      if (now === digest || told.has(`${id} ${now}`)) continue;
      told.add(`${id} ${now}`);
      const what = now === "" ? "cannot be read any more" : `was changed (now ${now.slice(0, 12)})`;
      speaker.say(`! The runbook ${id} ${what}: ${origin}. This incident walks it as pinned (${digest.slice(0, 12)}).`);
    }
  };
}
