import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openConfigApi } from "../test/torture/configApi.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";

const runs = 21;
const minimal = join(import.meta.dirname, "minimal.js");
const page = '{"enabled":true,"model":"large","max_tokens":4096}';

/** From Enter until the target has answered the read back, against a bundled script that reads, writes and reads. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const api = await openConfigApi({ documents: { "/routes/support.reply": page } });
    try {
      writeFileSync(
        join(folder, "llmops.yaml"),
        `targets: { gateway: { http: { url: "${api.url}", levers: { enabled: { at: "/routes/{route}", pointer: /enabled } } } } }\n`,
      );
      const off = ["mitigate", "kill-switch", "--scope", "route=support.reply", "--reason", "bench", "--wait", "none"];
      const arms = [
        [llmops, ...off, "--yes"],
        [minimal, "support.reply"],
      ];
      const times = arms.map((): number[] => []);
      for (let i = 0; i < runs; i++)
        for (const [arm, argv] of arms.entries()) {
          api.documents.set("/routes/support.reply", page);
          api.journal.length = 0;
          const began = Date.now();
          await timeOf(argv, { cwd: folder });
          const write = api.journal.findIndex(({ method }) => method === "PUT");
          times[arm]!.push(api.journal.find(({ method }, i) => i > write && method === "GET")!.at - began);
          rmSync(join(folder, ".llmops"), { recursive: true, force: true });
        }
      // of each round: whatever else the machine does then slows both
      const [ours, theirs] = times;
      const ratio = median(ours!.map((ms, i) => ms / theirs![i]!));
      return [{ name: "kill switch until read back, against a minimal script", ratio, aim: "≤ 1.3" }];
    } finally {
      await api.close();
    }
  });
}
