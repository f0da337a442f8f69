import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { fit } from "../../src/show/fit.ts";
import { tell } from "../../src/show/tell.ts";
import { corpus } from "./corpus.ts";
import { faultIn } from "./inspect.ts";

const colours: Record<string, [string, string]> = {
  bold: ["\u001b[1m", "\u001b[22m"],
  red: ["\u001b[31m", "\u001b[39m"],
};
const paint = {
  columns: 80,
  unicode: true,
  style: (name: string, text: string) => (colours[name] === undefined ? text : colours[name].join(text)),
};

it("J01, J02, F26: one file speaks to people, and nothing passes it but our own colours", () => {
  const src = fileURLToPath(new URL("../../src/", import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const speakers = files.filter((path) => /\.people\(/.test(readFileSync(src + path, "utf8")));
  expect(speakers.filter((path) => !path.startsWith("world/")).sort()).toEqual([
    // one line of JSON, which must stay whole
    "engine/unrecorded.ts",
    "show/tell.ts",
  ]);
  for (const { text } of corpus) {
    const bare = fit([text, `${text} end`], { ...paint, style: (_, plain) => plain });
    expect(faultIn(bare)).toBeUndefined();
    // oxlint-disable-next-line no-control-regex
    expect(
      faultIn(fit([`${text}${paint.style("red", "ours")}${text}`], paint).replace(/\u001b\[(1|22|31|39)m/g, "")),
    ).toBeUndefined();
  }
});

it("keeps what follows a text that never ends", () => {
  let said = "";
  const terminal = { ...paint, people: (text: string) => void (said += `${text}\n`) };
  tell(terminal, "label: \u001b]0;never closed", paint.style("bold", "ours"));
  tell(terminal, "and goes on");
  expect(said).toBe("label: \\u001b]0;never closed\n\u001b[1mours\u001b[22m\nand goes on\n");
});
