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
 * `mitigation list` over 1,000 incidents, twenty of which have a change that is read at the config API: beyond the same
 * command over one incident, as `big` measures, and beyond `--version`, which loads next to nothing. Once more where no
 * command recorded anything yet; nearly always one did.
 */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => inFolder((small) => runIn(folder, small)));
}

async function runIn(folder: string, small: string): Promise<Figure[]> {
  const route = (n: number) => `support.reply${n}`;
  const page = '{"enabled":true,"max_tokens":512}';
  const pages = Array.from({ length: live }, (_, n) => [`/routes/${route(n)}`, page] as const);
  const api = await openConfigApi({ documents: Object.fromEntries(pages) });
  try {
    const lever = `{ at: "/routes/{route}", pointer: /max_tokens }`;
    const project = `targets: { gateway: { http: { url: "${api.url}", levers: { max_tokens: ${lever} } } } }\n`;
    for (const place of [folder, small]) writeFileSync(join(place, "llmops.yaml"), project);
    writeIncident(small, idOf(0), 40, [...applied(clamp({ scope: { route: route(0) } })), closed]);
    for (let n = 0; n < incidents; n++) {
      const mine =
        n % (incidents / live) === 0 ? [...applied(clamp({ scope: { route: route(n / 50) } })), closed] : over;
      writeIncident(folder, idOf(n), 40, mine);
    }
    await settle();
    const list = [llmops, "mitigation", "list"];
    const arms: [argv: string[], cwd: string][] = [
      [[llmops, "--version"], folder],
      [list, small],
      [list, folder],
    ];
    const first = await timeOf(list, { cwd: folder });
    const extend = ["mitigation", "extend", "aaaa/m1", "--for", "1h", "--reason", "bench"];
    await timeOf([llmops, ...extend], { cwd: folder });
    const times = arms.map((): number[] => []);
    for (let i = 0; i < runs; i++)
      for (const [arm, [argv, cwd]] of arms.entries()) times[arm]!.push(await timeOf(argv, { cwd }));
    const [version, one, all] = times.map(median);
    const name = "mitigation list over 1,000 incidents, 20 live, beyond one incident";
    return [
      { name, ratio: all! - one!, aim: "≤ 300", unit: "ms" },
      { name: "  the same, beyond --version", ratio: all! - version!, aim: "≤ 300", unit: "ms" },
      { name: "  the same, before anything was recorded", ratio: first - version!, aim: "≤ 600", unit: "ms" },
    ];
  } finally {
    await api.close();
  }
}
