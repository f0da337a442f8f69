import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stamp, start } from "../src/timeline/chain.ts";
import { fact, type Fact } from "../src/timeline/event.ts";

const author = { by: "bench", host: "bench" };
const began = Date.UTC(2026, 10, 21, 3);

/** Writes one incident of so many events and `more`, opened and left open by itself, as the store would have written them. */
export function writeIncident(folder: string, id: string, events: number, more: readonly Fact[] = []): void {
  const opened = fact("opened", {
    kind: "incident",
    title: "Bench",
    class: "cost",
    severity: "SEV2",
    scope: { route: "support.reply" },
    version: "0.0.0",
  });
  const notes = Array.from({ length: events - 1 }, (_, i): Fact => fact("noted", { text: `Saw answer ${i} go wrong` }));
  const place = join(folder, ".llmops", "incidents", id);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const lines = stamp([opened, ...notes, ...more], id, start, began, author).map(
    (event) => `${JSON.stringify(event)}\n`,
  );
  writeFileSync(join(place, "timeline.jsonl"), lines.join(""), { mode: 0o600 });
}

/** Until they are no longer so new that what was read of them is not kept. */
export function settle(): Promise<void> {
  return new Promise((done) => setTimeout(done, 3500));
}

/** INC-1121-aaaa, INC-1121-aaab … */
export function idOf(n: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const tail = [15, 10, 5, 0].map((shift) => letters[(n >> shift) & 31]);
  return `INC-1121-${tail.join("")}`;
}
