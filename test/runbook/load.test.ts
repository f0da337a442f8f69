import { describe, expect, it } from "vitest";
import { closureOf, findRunbook, runbooksForAlert } from "../../src/runbook/find.ts";
import { loadRunbooks } from "../../src/runbook/load.ts";
import { fakeWorld } from "../fake/world.ts";

function text(id: string, more = "", step = "instruct: A"): string {
  return `id: ${id}\ntitle: ${id} ${more}\nclass: cost\nseverity: SEV2\nsummary: S\nalerts: [${id}Alert]\nsteps: [{ id: a, title: A, ${step} }]\n`;
}

const files = {
  "team/cost.yaml": text("cost", "of the team"),
  "team/broken.yaml": text("outage").replace("title", "titel"),
  "team/cost.test.yaml": "not a runbook",
  "team/signals/seed.yaml": "not a runbook",
  "team/notes.md": "not a runbook",
  "ours/cost.yaml": text("cost", "of ours"),
  "ours/outage.yaml": text("outage"),
  "ours/quality.yml": text("quality", "", "continue: cost"),
  "ours/twin.yaml": text("quality"),
};
const load = () => loadRunbooks(fakeWorld({ files, cwd: "/shop" }).files, ["/shop/team", "/shop/ours", "/shop/none"]);

describe("the runbooks of several folders", () => {
  it("are those of the first folder, then what the others add", async () => {
    const { runbooks } = await load();
    expect(runbooks.map(({ runbook, file }) => [runbook.title.trim(), file])).toEqual([
      ["cost of the team", "/shop/team/cost.yaml"],
      ["quality", "/shop/ours/quality.yml"],
    ]);
    expect(runbooks[0]?.text).toBe(files["team/cost.yaml"]);
  });

  it("a broken file hides ours of the same id: nobody walks another runbook than they think", async () => {
    const library = await load();
    expect(library.broken.map(({ file, id }) => [file, id])).toEqual([
      ["/shop/team/broken.yaml", "outage"],
      ["/shop/ours/twin.yaml", "quality"],
    ]);
    expect(() => findRunbook(library, "outage")).toThrow(
      /outage cannot be read: \/shop\/team\/broken.yaml:2:1: unknown key/,
    );
  });

  it("that nobody asked for still hide ours of their id", async () => {
    const files = {
      "team/cost.yaml": `id: cost\ntitle: Team\nalerts: [OurCost]\n`,
      "ours/cost.yaml": `id: cost\ntitle: Ours\nalerts: [TokenCostExplosion]\n`,
    };
    const world = fakeWorld({ files, cwd: "/shop" });
    const { runbooks, broken } = await loadRunbooks(world.files, ["/shop/team", "/shop/ours"], "TokenCostExplosion");
    expect([...runbooks, ...broken]).toEqual([]);
  });

  it("are found by id and by alert, and misspelt ids are helped", async () => {
    const library = await load();
    expect(runbooksForAlert(library, "costAlert").map(({ file }) => file)).toEqual(["/shop/team/cost.yaml"]);
    expect(() => findRunbook(library, "runbooks/quality.yaml")).toThrow("did you mean quality?");
    expect(() => findRunbook(library, "qualty")).toThrow('There is no runbook "qualty", did you mean quality?');
  });

  it("of one name are those that speak of it, and they hide each other as all of them do", async () => {
    const about = (word: string) =>
      loadRunbooks(fakeWorld({ files, cwd: "/shop" }).files, ["/shop/team", "/shop/ours"], word);
    expect((await about("costAlert")).runbooks.map(({ file }) => file)).toEqual(["/shop/team/cost.yaml"]);
    const outage = await about("outage");
    expect(outage.runbooks).toEqual([]);
    expect(outage.broken.map(({ file }) => file)).toEqual(["/shop/team/broken.yaml"]);
  });

  it("are pinned with all that they continue with", async () => {
    const library = await load();
    expect(closureOf(library, "quality").map(({ runbook }) => runbook.id)).toEqual(["quality", "cost"]);
  });

  it("end also where they continue in a circle", async () => {
    const world = fakeWorld({
      cwd: "/shop",
      files: { "a.yaml": text("a", "", "continue: b"), "b.yaml": text("b", "", "continue: a") },
    });
    const library = await loadRunbooks(world.files, ["/shop"]);
    expect(closureOf(library, "b").map(({ runbook }) => runbook.id)).toEqual(["b", "a"]);
  });

  it("a missing one in the way is named before anything starts", async () => {
    const world = fakeWorld({ cwd: "/shop", files: { "a.yaml": text("a", "", "continue: b") } });
    const library = await loadRunbooks(world.files, ["/shop"]);
    expect(() => closureOf(library, "a")).toThrow('There is no runbook "b"');
  });
});
