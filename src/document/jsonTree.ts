import { exactly } from "./tree.ts";
import type { Member, Tree } from "./tree.ts";

/** The tree of a JSON text; the error is a sentence with line and column. */
export function jsonTree(text: string): { tree: Tree } | { error: string } {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let depth = 0;

  const broken = (what: string): never => {
    const before = text.slice(0, at).split("\n");
    throw new NotJson(`line ${before.length}, column ${before.at(-1)!.length + 1}: ${what}`);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const skip = (): void => void match(/[ \t\r\n]*/y);
  const quoted = (): string => {
    // oxlint-disable-next-line no-control-regex
    const found = match(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y);
    return found === undefined
      ? broken("a text in double quotes is expected or not closed")
      : (JSON.parse(found) as string);
  };
  const entries = (close: string, one: () => void): void => {
    if (++depth > 100) broken("nested more than 100 levels deep");
    at++;
    skip();
    if (text[at] !== close)
      for (;;) {
        skip();
        one();
        skip();
        if (text[at] === close) break;
        if (text[at] !== ",") broken(`"," or "${close}" is expected`);
        at++;
      }
    at++;
    depth--;
  };
  const value = (): Tree => {
    skip();
    const start = at;
    if (text[at] === "{") {
      const members: Member[] = [];
      entries("}", () => {
        const from = at;
        const key = quoted();
        const keyEnd = at;
        skip();
        if (text[at] !== ":") broken('":" is expected');
        at++;
        members.push({ key, start: from, keyEnd, value: value() });
      });
      return { kind: "map", flow: true, members, start, end: at };
    }
    if (text[at] === "[") {
      const items: Tree[] = [];
      entries("]", () => items.push(value()));
      return { kind: "list", flow: true, items, start, end: at };
    }
    if (text[at] === '"') return { kind: "scalar", style: "double", is: quoted(), start, end: at };
    const word = match(/(?:true|false|null)(?![\w.])/y);
    if (word !== undefined)
      return { kind: "scalar", style: "plain", is: JSON.parse(word) as null | boolean, start, end: at };
    const number = match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])/y);
    if (number === undefined) return broken("a JSON value is expected");
    const exact = exactly(number);
    return { kind: "scalar", style: "plain", is: Number(number), ...(exact && { exact }), start, end: at };
  };

  try {
    const tree = value();
    skip();
    if (at < text.length) broken("nothing may follow the value");
    return { tree };
  } catch (thrown) {
    if (thrown instanceof NotJson) return { error: thrown.message };
    throw thrown;
  }
}

class NotJson extends Error {}
