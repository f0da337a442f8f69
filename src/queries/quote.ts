/** A text as a PromQL string. The result is data whatever is in it. */
export function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const escaped = text.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[\\"\u0000-\u001f\u007f]/g, (c) => {
    if (c === "\\" || c === '"') return `\\${c}`;
    if (c === "\n") return "\\n";
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}

/** The text that a PromQL string means. */
export function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith("`")) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs, (_, code: string) => {
    const simple = ({ n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" } as Record<string, string>)[
      code
    ];
    if (simple !== undefined) return simple;
    if (/^[xuU]./.test(code)) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code.slice(1), 16)));
    return /^[0-7]{3}$/.test(code) ? String.fromCodePoint(Number.parseInt(code, 8)) : code;
  });
}

/** A label name where the grammar wants one. */
export function sayLabel(label: string): string {
  return /^[A-Za-z_]\w*$/.test(label) ? label : quote(label);
}
