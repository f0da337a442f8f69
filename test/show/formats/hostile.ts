import type { Finding } from "../../../src/document/document.ts";
import type { Linted } from "../../../src/show/findings.ts";
import { corpus } from "../../hostile/corpus.ts";
import { drawFrom, type Draw } from "../../redact/draw.ts";

const words = `]]> <![CDATA[ &amp; &#0; </failure> " ' \` \\ %0A %25 :: , : ::error::x ##[error]x ::stop-commands::x [a](b) \\[ {0} / #
? a line 7 = --> <!-- ../ .. CON`;
const pieces = [
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)),
  ...Array.from("\u007f\u0085\u009b\u00ad\u200b\u2028\u2029\u202e\ufeff\ufffe\uffff"),
  ...words.split(/\s/),
  "\ud800",
  "\udc00",
  "\r\n",
  "e\u0301",
  "\u{e0041}",
  "😀",
  "日本",
];

/** A report in which strangers wrote whatever can be written; another for every seed. */
export function hostile(seed: number): Linted {
  const draw = drawFrom(seed);
  const texts = new Map(Array.from({ length: draw.whole(1, 4) }, () => [text(draw, 6) || "a", lines(draw)]));
  const files = [...texts.keys()];
  const findings = Array.from({ length: draw.whole(0, draw.one([3, 30])) }, (): Finding => {
    const file = draw.one(files);
    const written = texts.get(file)!;
    const [a, b] = [draw.whole(0, written.length), draw.whole(0, written.length)];
    const at = { line: draw.whole(1, 6), column: draw.whole(1, 40) };
    return {
      file,
      at,
      ...(draw.whole(0, 3) > 0 ? { endColumn: at.column + draw.whole(1, 30) } : {}),
      rule: draw.one(["yaml", "unknown-id", "dead-hint"]),
      severity: draw.one(["error", "warning"]),
      message: text(draw, 8),
      ...(draw.whole(0, 1) === 0 ? { why: text(draw, 8) } : {}),
      ...(draw.whole(0, 1) === 0 ? { next: text(draw, 8) } : {}),
      ...(draw.whole(0, 3) === 0 ? { fix: { start: Math.min(a, b), end: Math.max(a, b), text: text(draw, 4) } } : {}),
      ...(draw.whole(0, 5) === 0 ? { suppressed: { reason: text(draw, 5) } } : {}),
    };
  });
  return { findings, texts };
}

function text(draw: Draw, most: number): string {
  if (draw.whole(0, 3) === 0) return draw.one(corpus).text.slice(0, 300);
  return Array.from({ length: draw.whole(0, most) }, () => draw.one(pieces)).join("");
}

function lines(draw: Draw): string {
  return Array.from({ length: draw.whole(0, 6) }, () => text(draw, 12)).join("\n");
}
