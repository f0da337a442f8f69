import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openConfigApi } from "../test/torture/configApi.ts";
import { openOn } from "../test/torture/drill.ts";
import { grounds } from "../test/torture/drillGrounds.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";

const runs = 9;
const minimal = join(import.meta.dirname, "minimal.js");
const page = '{"enabled":true,"model":"large","max_tokens":4096}';
const off = "mitigate kill-switch --scope route=support.reply --reason bench --wait none --yes";

/** From Enter until the read back is told (git starts a dozen processes of its own), on real config APIs, against the script that reads, writes and reads over HTTP. */
export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, open] of Object.entries(grounds)) {
    const ground = await open();
    const place = openOn([ground]);
    try {
      const [ours, theirs]: number[][] = [[], []];
      for (let n = 0; n < runs; n++) {
        ours!.push(await timeOf([llmops, ...off.split(" ")], { cwd: place.folder, until: /read back false/ }));
        rmSync(join(place.folder, ".llmops"), { recursive: true });
        for (const [file, text] of Object.entries(ground.files ?? {})) writeFileSync(join(place.folder, file), text);
        await ground.set?.("enabled", "support.reply", true);
        theirs!.push(await timeOfMinimal());
      }
      const ratio = median(ours!) / median(theirs!);
      figures.push({
        name: `kill switch on ${name} until read back, against the minimal script`,
        ratio,
        aim: name === "git" ? "≤ 3" : "≤ 1.3",
      });
    } finally {
      place.remove();
      await ground.close();
    }
  }
  return figures;
}

function timeOfMinimal(): Promise<number> {
  return inFolder(async (cwd) => {
    const api = await openConfigApi({ documents: { "/routes/support.reply": page } });
    try {
      const levers = `{ enabled: { at: "/routes/{route}", pointer: /enabled } }`;
      writeFileSync(
        join(cwd, "llmops.yaml"),
        `targets: { gateway: { http: { url: "${api.url}", levers: ${levers} } } }\n`,
      );
      const began = Date.now();
      await timeOf([minimal, "support.reply"], { cwd });
      return api.journal.at(-1)!.at - began;
    } finally {
      await api.close();
    }
  });
}
