import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applied, clamp } from "../test/timeline/told.ts";
import { openConfigApi } from "../test/torture/configApi.ts";
import { fact, type Fact } from "../src/timeline/event.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";
import { idOf, settle, writeIncident } from "./timelines.ts";

const runs = 9;
const [incidents, live] = [1000, 20];

const closed = fact("closed", { note: "", head: "0".repeat(64) });
/** A change that was made and taken back, and the end. */
const over: Fact[] = [
  ...applied(clamp()),
  ...applied(clamp({ id: "m2", undoes: "m1", before: { is: 512 }, after: { is: 4096 } })),
  closed,
];

/**
 * `mitigation list` over 1,000 incidents, twenty of which have a change that is read at the config API, beyond start-up:
 * once where no command recorded anything yet, and then behind one that did, as nearly always.
 */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const route = (n: number) => `support.reply${n}`;
    const page = '{"enabled":true,"max_tokens":512}';
    const pages = Array.from({ length: live }, (_, n) => [`/routes/${route(n)}`, page] as const);
    const api = await openConfigApi({ documents: Object.fromEntries(pages) });
    try {
      writeFileSync(
        join(folder, "llmops.yaml"),
        `targets: { gateway: { http: { url: "${api.url}", levers: { max_tokens: { at: "/routes/{route}", pointer: /max_tokens } } } } }\n`,
      );
      for (let n = 0; n < incidents; n++) {
        const mine =
          n % (incidents / live) === 0 ? [...applied(clamp({ scope: { route: route(n / 50) } })), closed] : over;
        writeIncident(folder, idOf(n), 40, mine);
      }
      await settle();
      const arms = [["--version"], ["mitigation", "list"]];
      const first = await timeOf([llmops, ...arms[1]!], { cwd: folder });
      const extend = ["mitigation", "extend", "aaaa/m1", "--for", "1h", "--reason", "bench"];
      await timeOf([llmops, ...extend], { cwd: folder });
      const times = arms.map((): number[] => []);
      for (let i = 0; i < runs; i++)
        for (const [arm, argv] of arms.entries()) times[arm]!.push(await timeOf([llmops, ...argv], { cwd: folder }));
      const [startUp, list] = times.map(median);
      const name = "mitigation list over 1,000 incidents, 20 live, over start-up";
      return [
        { name, ratio: list! - startUp!, aim: "≤ 300", unit: "ms" },
        { name: "  the same before anything was recorded", ratio: first - startUp!, aim: "≤ 600", unit: "ms" },
      ];
    } finally {
      await api.close();
    }
  });
}
