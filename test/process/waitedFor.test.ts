import { afterEach, describe, expect, it } from "vitest";
import { openConfigApi, type ConfigApi } from "../torture/configApi.ts";
import { openPlace, projectOn, type Place } from "../torture/place.ts";
import { hasTmux, type Screen } from "../world/tmux.ts";
import { onTerminal } from "./night.ts";

const skip = !hasTmux && process.env["CI"] === undefined;
const asked = "mitigate token-clamp --scope route=support.reply --with max_tokens=512 --wait none --reason cost".split(
  " ",
);

describe("who does not answer for a moment", () => {
  let api: ConfigApi;
  let place: Place;
  let screen: Screen | undefined;
  let answer = () => {};
  afterEach(async () => {
    answer();
    screen?.close();
    place.remove();
    await api.close();
  });
  /** Nothing is answered before `answer` is called. */
  async function hanging(): Promise<string> {
    const until = new Promise<void>((resolve) => (answer = resolve));
    const documents = {
      "/routes/support.reply": '{"max_tokens": 4096, "enabled": true}',
      "/routes": '["support.reply"]',
    };
    api = await openConfigApi({ documents, script: () => ({ until }) });
    place = openPlace(projectOn(api.url));
    return `Waiting for gateway (${api.url.replace("//", "").replace("http:", "http ")}) to answer`;
  }

  it("is named in one line where there is no terminal, and not at all when the answer comes at once", async () => {
    const line = await hanging();
    const running = place.start([...asked, "--yes"]);
    await new Promise<void>((resolve) => {
      let text = "";
      running.child.stderr!.on("data", (chunk: Buffer) => (text += chunk.toString()).includes(line) && resolve());
    });
    answer();
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr.split("\n")[0]).toBe(line);
    expect(ended.stderr.split(line)).toHaveLength(2);
    const again = await place.llmops(["mitigation", "undo", "m1", "--yes"]);
    expect(again.stderr).not.toContain("Waiting");
  });

  it.skipIf(skip)(
    `is named beside a spinner on one${skip ? " (skipped: no tmux)" : ""}, which leaves nothing behind`,
    async () => {
      const line = await hanging();
      screen = onTerminal(place, asked.join(" "), { rows: 60 });
      await screen.shows(new RegExp(`[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ${line.replace(/[()]/g, "\\$&")}`));
      answer();
      await screen.shows("Type y to apply");
      expect(screen.text()).not.toContain("Waiting");
    },
  );
});
