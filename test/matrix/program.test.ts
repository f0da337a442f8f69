import { describe, expect, it } from "vitest";
import { mitigations } from "../../src/mitigations/index.ts";
import { settingOf } from "../../src/mitigations/mitigation.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { fakeWorld } from "../fake/world.ts";
import { params } from "../mitigations/params.ts";
import { gatewayLevers } from "./gatewayLevers.ts";

/** A gateway without sources: what is read back is all the proof there is. */
async function open() {
  const world = fakeWorld();
  const sandbox = await startSandbox(world, { folder: world.cwd, seed: 7, mode: "metrics" });
  const levers = gatewayLevers.map((line) => `        ${line}\n`).join("");
  const target = `targets:\n  gateway:\n    http:\n      url: "${sandbox.url}"\n      levers:\n${levers}`;
  await world.files.replace(`${world.cwd}/llmops.yaml`, `${target}models: [gpt-4o, gpt-4o-mini, claude-3-5-haiku]\n`);
  const send = async (method: "GET" | "PATCH", path: string, body?: object) => {
    const more =
      body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await world.http({ method, url: sandbox.url + path, deadlineMs: 1000, ...more });
    if ("failed" in answer || answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.body;
  };
  await send("PATCH", "/config/routes/support.reply", { cache: false, prompt_version: "v15", trace_sample_rate: 0.1 });
  return {
    async llmops(...argv: string[]) {
      const asked = parse(argv);
      if ("print" in asked) throw new Error(asked.print);
      const before = world.terminal.output.length;
      const code = await run(asked, world);
      const said = world.terminal.output.slice(before).trim().split("\n").at(-1)!;
      return { code, said: JSON.parse(said) as Record<string, unknown> };
    },
    everything: async () => {
      const paths = [
        "/config/routes/support.reply",
        "/config/routes/search.answer",
        "/config/blocked_users",
        "/config/deploys",
      ];
      return (await Promise.all(paths.map((path) => send("GET", path)))).join("");
    },
    close: () => sandbox.close(),
  };
}

/** As it is typed: a list with commas. */
const typed = (kind: string) =>
  Object.entries(params[kind]!).flatMap(([name, value]) => ["--with", `${name}=${String(value)}`]);

describe("typed as llmops mitigate, and taken back", { timeout: 30_000 }, () => {
  const kinds = mitigations.map(({ kind }) => kind);
  it.each(kinds)("%s", async (kind) => {
    const { llmops, everything, close } = await open();
    try {
      const setting = settingOf(
        mitigations.find((one) => one.kind === kind)!,
        params[kind],
      )!;
      // no documents are retrieved for support.reply
      const at =
        kind === "block" ? "user=u-8841" : kind === "retrieval" ? "route=search.answer" : "route=support.reply";
      const scope = kind === "deploy-freeze" ? [] : ["--scope", at];
      const before = await everything();
      const made = ["mitigate", kind, ...scope, ...typed(kind), "--reason", "try", "--wait", "none", "--json"];
      const shown = await llmops(...made, "--dry-run");
      expect(shown).toMatchObject({ code: 0, said: { outcome: "dry-run", plan: { changes: [{ setting }] } } });
      expect(await everything()).toBe(before);
      // --yes consents to nothing that --scope does not name: a freeze is for everything
      const { code, said } = await llmops(...made, "--yes");
      if (kind === "deploy-freeze")
        return expect({ code, after: await everything() }).toEqual({ code: 4, after: before });
      expect({ code, said }).toMatchObject({
        code: 0,
        said: { state: "applied", change: { setting, mitigation: kind } },
      });
      expect(await everything()).not.toBe(before);
      const again = await llmops(...made, "--yes");
      expect({ code: again.code, changes: again.said["changes"] }).toEqual({ code: 0, changes: [] });
      const id = String(said["incident"]);
      expect(await llmops("mitigation", "undo", "m1", "--incident", id, "--yes", "--json")).toMatchObject({ code: 0 });
      return expect(await everything()).toBe(before);
    } finally {
      await close();
    }
  });
});
