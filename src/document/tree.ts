export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * One value of a document. Absent, null, "", 0, false and [] are six different things. `exact` is the number as its owner
 * spells it, present only where a double cannot carry it ("12345678901234567890", "1e400"); for a list or map with such a
 * number inside it is the whole value as JSON.
 */
export type Value = { is: Json; exact?: string } | { absent: true };

/** What a YAML or JSON text means and where: `start` and `end` are offsets in UTF-16 units, `end` exclusive. */
export type Tree = { start: number; end: number } & (
  | { kind: "scalar"; style: Style; is: null | boolean | number | string; exact?: string }
  | { kind: "list"; flow: boolean; items: Tree[] }
  | { kind: "map"; flow: boolean; members: Member[] }
  /** a YAML alias; `to` lies above it, is never its parent, and is small enough to be written out */
  | { kind: "alias"; to: Tree }
);

export type Style = "plain" | "single" | "double" | "literal" | "folded";

/** `start` to `keyEnd` is the key as written, with its quotes. Keys of one map differ, but in JSON where its owner repeats one. */
export interface Member {
  key: string;
  start: number;
  keyEnd: number;
  value: Tree;
}

/** Plain data, nothing shared. */
export function plain(tree: Tree): Json {
  switch (tree.kind) {
    case "scalar":
      return tree.is;
    case "list":
      return tree.items.map(plain);
    case "map":
      return Object.fromEntries(tree.members.map((m) => [m.key, plain(m.value)]));
    case "alias":
      return plain(tree.to);
  }
}

/** As compact JSON, numbers as their owner spells them where that matters; `without` leaves out the value at one path. */
export function spell(tree: Tree, without?: readonly string[]): string {
  if (without?.length === 0) return "";
  const rest = (key: string): string[] | undefined => (without?.[0] === key ? without.slice(1) : undefined);
  const left = (key: string): boolean => without?.length === 1 && without[0] === key;
  switch (tree.kind) {
    case "scalar":
      return tree.exact ?? JSON.stringify(tree.is);
    case "list":
      return `[${tree.items.map((item, i) => spell(item, rest(String(i)))).join(",")}]`;
    case "map": {
      const members = tree.members.filter((m) => !left(m.key));
      return `{${members.map((m) => `${JSON.stringify(m.key)}:${spell(m.value, rest(m.key))}`).join(",")}}`;
    }
    case "alias":
      return spell(tree.to, without);
  }
}

export function valueOf(tree: Tree): Value {
  return hasExact(tree) ? { is: plain(tree), exact: spell(tree) } : { is: plain(tree) };
}

/** The spelling of a number, where a double would lose some of it. */
export function exactly(source: string): string | undefined {
  if (/^[-+]?0[xo]/.test(source))
    return BigInt(source.replace(/^[-+]/, "")) > Number.MAX_SAFE_INTEGER ? source : undefined;
  return decimal(source) === decimal(String(Number(source))) ? undefined : source;
}

/** "-12.50e3" → "-125e2": equal numbers give equal texts. */
function decimal(text: string): string {
  const match = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text);
  if (match === null) return text;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  if (short === "") return "0";
  return `${sign === "-" ? "-" : ""}${short}e${Number(power) - fraction.length + digits.length - short.length}`;
}

function hasExact(tree: Tree): boolean {
  switch (tree.kind) {
    case "scalar":
      return tree.exact !== undefined;
    case "list":
      return tree.items.some(hasExact);
    case "map":
      return tree.members.some((m) => hasExact(m.value));
    case "alias":
      return hasExact(tree.to);
  }
}
