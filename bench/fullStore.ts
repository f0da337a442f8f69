import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applied, clamp } from "../test/timeline/told.ts";
import { openConfigApi } from "../test/torture/configApi.ts";
import { fact, type Fact } from "../src/timeline/event.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";
import { idOf, settle, writeIncident } from "./timelines.ts";

const runs = 3;

/** A change that was made and taken back, and the end. */
const ended: Fact[] = [
  ...applied(clamp()),
  ...applied(clamp({ id: "m2", undoes: "m1", before: { is: 512 }, after: { is: 4096 } })),
  fact("closed", { note: "", head: "0".repeat(64) }),
];

/**
 * From Enter to the end, beside 5,000 closed incidents of fifty events: whoever changes something must know what is live. The
 * first one reads them all, and keeps what it read for the next.
 */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const route = (n: number) => `support.reply${n}`;
    const pages = Array.from({ length: runs + 1 }, (_, n) => [`/routes/${route(n)}`, '{"enabled":true}'] as const);
    const api = await openConfigApi({ documents: Object.fromEntries(pages) });
    try {
      writeFileSync(
        join(folder, "llmops.yaml"),
        `targets: { gateway: { http: { url: "${api.url}", levers: { enabled: { at: "/routes/{route}", pointer: /enabled } } } } }\n`,
      );
      for (let n = 0; n < 5000; n++) writeIncident(folder, idOf(n), 41, ended);
      await settle();
      const times = [];
      for (let i = 0; i <= runs; i++) {
        const off = ["mitigate", "kill-switch", "--scope", `route=${route(i)}`, "--reason", "bench", "--wait", "none"];
        times.push((await timeOf([llmops, ...off, "--yes"], { cwd: folder })) / 1000);
      }
      const [first, ...later] = times;
      return [
        { name: "kill switch beside 5,000 closed incidents", ratio: median(later), aim: "≤ 1", unit: "s" },
        { name: "  the same before anything was recorded", ratio: first!, aim: "≤ 1.5", unit: "s" },
      ];
    } finally {
      await api.close();
    }
  });
}
