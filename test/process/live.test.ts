import { afterEach, describe, expect, it } from "vitest";
import { openConfigApi, type ConfigApi } from "../torture/configApi.ts";
import { openPlace, projectOn, type Place } from "../torture/place.ts";

const names = Array.from({ length: 12 }, (_, n) => `route-${n + 1}`);
let place: Place | undefined;
let api: ConfigApi | undefined;
let hangs = false;

/** Twelve routes switched off by one plan. */
async function twelve(): Promise<string[]> {
  hangs = false;
  const documents = Object.fromEntries(names.map((name) => [`/routes/${name}`, '{"enabled": true}']));
  api = await openConfigApi({ documents, script: () => (hangs ? { hang: true } : undefined) });
  place = openPlace(projectOn(api.url));
  const scopes = names.flatMap((name) => ["--scope", `route=${name}`]);
  const kill = ["mitigate", "kill-switch", ...scopes, "--reason", "unsafe", "--yes", "--wait", "none"];
  expect((await place.llmops(kill)).code).toBe(0);
  return names.map((_, n) => `${place!.incidents()[0]!.slice(-4)}/m${n + 1}`);
}

const list = () => place!.llmops(["mitigation", "list"]);

afterEach(async () => {
  await api?.close();
  place?.remove();
});

describe("a list of twelve changes", () => {
  it("fits a screen of 24 rows, a line each, each as it was read", async () => {
    const ids = await twelve();
    const { code, stdout, stderr } = await list();
    expect([code, stderr]).toEqual([0, ""]);
    const rows = stdout.trimEnd().split("\n");
    expect(rows.length).toBeLessThan(24);
    for (const [n, id] of ids.entries())
      expect(
        rows.filter((row) => row.startsWith(`  ${id} `) && row.endsWith(`${names[n]}  enabled true → false`)),
      ).toHaveLength(1);
    expect(stdout).toMatch(/Read \d\d:\d\d:\d\d at the config API\./);
  });

  it.each(["is down", "never answers"])(
    "is shown as last seen where the config API %s, with nothing on stderr",
    async (how) => {
      await twelve();
      hangs = true;
      if (how === "is down") await api!.close();
      const { code, stdout, stderr } = await list();
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout.match(/^\? /gm)).toHaveLength(13);
      const why = how === "is down" ? "nothing listens on" : "no answer within 2 s";
      expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
        new RegExp(`Not read now: all of these, as last seen .* gateway: .*${why}`),
      );
    },
  );
});
