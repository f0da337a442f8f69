import { Composer, CST, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, stringify } from "yaml";
import type { Alias, Document as YamlDocument, Node, Pair, Scalar, YAMLError } from "yaml";
import { didYouMean } from "./errors.ts";
import { insideScalar } from "./inside.ts";
import { exactly, plain } from "./tree.ts";
import type { Member, Style, Tree } from "./tree.ts";
import { inWords } from "./yamlWords.ts";

/** A place in a text: 1-based line and column (in UTF-16 units). */
export interface Position {
  line: number;
  column: number;
}

/** A result with a place, never thrown. */
export interface Finding {
  file: string;
  at: Position;
  /** end of the offending text on the same line, exclusive */
  endColumn?: number;
  rule: string;
  severity: "error" | "warning";
  message: string;
  next?: string;
}

export type Path = readonly (string | number)[];

/** A parsed YAML (or JSON) text. */
export interface Document {
  file: string;
  text: string;
  /** plain data, an empty text is null; nothing in it is shared; no key is `__proto__`, `constructor` or `prototype` */
  value: unknown;
  /** where the value at `path` starts; `key` asks for its key. When there is none: the nearest parent's key, or the start of its list item */
  at(path: Path, key?: boolean): { at: Position; endColumn: number };
  /** the place of character `offset` of the string at `path`, also inside block and quoted scalars */
  inside(path: Path, offset: number): Position;
}

/** 1 MiB of UTF-16 units: no configuration a person wrote is longer. */
const longest = 1 << 20;
/** The parser's own recursion ends the process somewhere above 3000. */
const deepest = 100;
/** Values that aliases may add to a document. */
const mostRepeated = 20_000;
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

/** What is wrong with a text, at offsets. */
interface Fault {
  start: number;
  end: number;
  message: string;
}

/** Reads one YAML 1.2 (core schema) or JSON document. There is a document exactly when there are no findings. */
export function parseDocument(text: string, file: string): { document?: Document; findings: Finding[] } {
  const lines = new LineCounter();
  const { tree, faults } = parseTree(text, lines);
  const place = placer(text, lines);
  const findings = faults.map((fault): Finding => {
    return { file, ...place(fault.start, fault.end), rule: "yaml", severity: "error", message: fault.message };
  });
  if (findings.length > 0) return { findings };
  return {
    findings,
    document: {
      file,
      text,
      value: tree === undefined ? null : plain(tree),
      at(path, key = false) {
        const [start, end] = spanOf(tree, path, key);
        return place(start, end);
      },
      inside(path, offset) {
        const found = follow(tree, path);
        const leaf = found.whole ? found.tree : undefined;
        if (leaf?.kind !== "scalar" || typeof leaf.is !== "string") return place(...spanOf(tree, path, false)).at;
        const at = insideScalar(text, leaf.start, leaf.style, leaf.is, offset);
        return place(at, at).at;
      },
    },
  };
}

/** The tree of a YAML text for a reader that changes it; `error` is one sentence with line and column. */
export function yamlTree(text: string): { tree: Tree | undefined } | { error: string } {
  const lines = new LineCounter();
  const { tree, faults } = parseTree(text, lines);
  const [first] = faults;
  if (first === undefined) return { tree };
  const { line, column } = placer(text, lines)(first.start, first.end).at;
  return { error: `line ${line}, column ${column}: ${first.message}` };
}

/** A value as YAML, for files that people go on to edit. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function parseTree(text: string, lines: LineCounter): { tree?: Tree | undefined; faults: Fault[] } {
  if (text.length > longest) return { faults: [{ start: 0, end: 0, message: "longer than 1 MiB: this is no file for llmops" }] };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const shape = survey(tokens);
  if (shape.tooDeep !== undefined) {
    const message = `nested more than ${deepest} levels deep`;
    return { faults: [{ start: shape.tooDeep, end: shape.tooDeep + 1, message }] };
  }
  // Duplicate keys are found below: the package compares every key with every other one.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, resolveKnownTags: false });
  const documents = [...composer.compose(tokens, true, text.length)];
  const document = documents[0]!;
  const [broken] = document.errors;
  if (broken !== undefined) return { faults: [syntaxFault(broken, text, shape.unclosed)] };
  const second = shape.documents[1];
  if (second !== undefined) {
    const message = "a second document begins here: keep one in a file and remove this line";
    return { faults: [{ start: second, end: second + 3, message }] };
  }
  const faults = document.warnings.map((w) => syntaxFault(w, text, undefined));
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== "1.2")
    faults.push({ start: 0, end: 5, message: "files are read as YAML 1.2: remove this line" });
  const grown = growTree(document, text, lines);
  return { tree: grown.tree, faults: [...faults, ...grown.faults].sort((a, b) => a.start - b.start) };
}

/** Walks the tokens without recursion: too deep for the parser, brackets or quotes that never close, further documents. */
function survey(tokens: CST.Token[]): { tooDeep?: number; unclosed?: CST.Token; documents: number[] } {
  const found: { tooDeep?: number; unclosed?: CST.Token; documents: number[] } = { documents: [] };
  const open: { token: CST.Token; depth: number }[] = tokens.toReversed().map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > deepest) return { ...found, tooDeep: token.offset };
    if (token.type === "document") {
      found.documents.push(token.offset);
      if (token.value !== undefined) open.push({ token: token.value, depth: 1 });
    }
    if (isUnclosed(token)) found.unclosed = token;
    if (!("items" in token)) continue;
    for (const item of token.items.toReversed()) {
      if (item.value != null) open.push({ token: item.value, depth: depth + 1 });
      if (item.key != null) open.push({ token: item.key, depth: depth + 1 });
    }
  }
  return found;
}

function isUnclosed(token: CST.Token): boolean {
  if (token.type === "flow-collection") return !token.end.some((e) => e.type === "flow-seq-end" || e.type === "flow-map-end");
  if (token.type === "double-quoted-scalar") return !/^"(?:[^"\\]|\\[^])*"$/.test(token.source);
  return token.type === "single-quoted-scalar" && !/^'(?:[^']|'')*'$/.test(token.source);
}

/** What is missing at the end is told where it was opened. */
function syntaxFault(error: YAMLError, text: string, unclosed: CST.Token | undefined): Fault {
  const message = inWords(error.message, text.slice(...error.pos));
  if (unclosed !== undefined && /closing|and end with/.test(error.message)) {
    const { offset } = unclosed;
    return { start: offset, end: offset + 1, message: `${text[offset]} opens here and is never closed` };
  }
  return { start: error.pos[0], end: error.pos[1], message };
}

function growTree(document: YamlDocument.Parsed, text: string, lines: LineCounter): { tree: Tree | undefined; faults: Fault[] } {
  const faults: Fault[] = [];
  const anchors = new Map<string, Tree | "open">();
  /** how many values a tree has when its aliases are written out, and how deep it is then */
  const sizes = new Map<Tree, { values: number; depth: number }>();
  let repeated = 0;

  const fault = (node: { range?: readonly number[] | null | undefined }, message: string): void => {
    faults.push({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0, message });
  };
  const remember = (tree: Tree, inner: Tree[]): Tree => {
    const size = { values: 1, depth: 1 };
    for (const one of inner) {
      const { values, depth } = sizes.get(one)!;
      size.values += values;
      size.depth = Math.max(size.depth, depth + 1);
    }
    sizes.set(tree, size);
    return tree;
  };
  const nothing = (start: number, end: number): Tree =>
    remember({ kind: "scalar", style: "plain", is: null, start, end }, []);

  const growAlias = (node: Alias, start: number, end: number): Tree => {
    const to = anchors.get(node.source);
    if (to === undefined || to === "open") {
      const why =
        to === "open"
          ? `*${node.source} stands inside the value it repeats`
          : `no value above is marked &${node.source}${didYouMean(node.source, anchors.keys())}`;
      fault(node, why);
      return nothing(start, end);
    }
    const { values, depth } = sizes.get(to)!;
    const before = repeated;
    repeated += values;
    if (repeated > mostRepeated || depth >= deepest) {
      if (before <= mostRepeated) fault(node, "aliases in this file repeat each other too often: write the values out");
      return nothing(start, end);
    }
    return remember({ kind: "alias", to, start, end }, [to]);
  };

  const growMember = (pair: Pair<Node, Node | null>, seen: Map<string, number>): Member | undefined => {
    const { key } = pair;
    if (!isScalar(key) || key.range == null) {
      fault(key, 'a key must be plain text; to write {{…}} or […] as a text, put it in "quotes"');
      return undefined;
    }
    const [start, keyEnd] = key.range;
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    if (forbiddenKeys.has(name)) fault(key, `${name} is not allowed as a key`);
    else if (seen.has(name)) fault(key, `${name} is here twice; the first is on line ${lines.linePos(seen.get(name)!).line}`);
    const value = pair.value === null ? nothing(keyEnd, keyEnd) : grow(pair.value);
    if (forbiddenKeys.has(name) || seen.has(name)) return undefined;
    seen.set(name, start);
    return { key: name, start, keyEnd, value };
  };
  const growPlain = (node: Node): Tree => {
    const [start, end] = node.range!;
    if (isSeq(node)) {
      const items = node.items.map((item) => grow(item as Node));
      const flow = node.flow === true;
      return remember({ kind: "list", flow, items, start, end: flow ? end : (items.at(-1)?.end ?? end) }, items);
    }
    if (isMap(node)) {
      const seen = new Map<string, number>();
      const members = node.items.flatMap((pair) => growMember(pair as Pair<Node, Node | null>, seen) ?? []);
      const flow = node.flow === true;
      const values = members.map((m) => m.value);
      return remember({ kind: "map", flow, members, start, end: flow ? end : (values.at(-1)?.end ?? end) }, values);
    }
    return remember(growScalar(node as Scalar, text, start, end), []);
  };

  const grow = (node: Node): Tree => {
    if (isAlias(node)) return growAlias(node, node.range![0], node.range![1]);
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor === undefined) return growPlain(node);
    anchors.set(anchor, "open");
    const tree = growPlain(node);
    anchors.set(anchor, tree);
    return tree;
  };

  return { tree: document.contents === null ? undefined : grow(document.contents as Node), faults };
}

const styles: Record<string, Style> = {
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

function growScalar(node: Scalar, text: string, start: number, end: number): Tree & { kind: "scalar" } {
  const style = styles[node.type ?? ""] ?? "plain";
  const is = (node.value ?? null) as null | boolean | number | string;
  const exact = typeof is === "number" ? exactly(node.source ?? String(is)) : undefined;
  if (style === "literal" || style === "folded") end = start + blockLength(text.slice(start, end));
  return { kind: "scalar", style, is, ...(exact === undefined ? {} : { exact }), start, end };
}

/** Up to the break behind the last line that counts: empty lines below belong to the block only under `|+`. */
function blockLength(written: string): number {
  const behind = /^[|>]\d?\+/.test(written) ? /\r?\n$/ : /(?:\r?\n[ \t]*)+$/;
  return written.replace(behind, "").length;
}

interface Followed {
  tree: Tree | undefined;
  /** the member that led to `tree`; undefined for list items and the document */
  member: Member | undefined;
  /** false: the path leads further than the document */
  whole: boolean;
}

/** Goes down a path as far as there is something; aliases are followed. */
function follow(root: Tree | undefined, path: Path): Followed {
  let found: Followed = { tree: root, member: undefined, whole: root !== undefined || path.length === 0 };
  for (const segment of path) {
    let tree = found.tree;
    while (tree?.kind === "alias") tree = tree.to;
    const member = tree?.kind === "map" ? tree.members.find((m) => m.key === String(segment)) : undefined;
    const inner = member?.value ?? (tree?.kind === "list" ? tree.items[Number(segment)] : undefined);
    if (inner === undefined) return { ...found, tree, whole: false };
    found = { tree: inner, member, whole: true };
  }
  return found;
}

function spanOf(root: Tree | undefined, path: Path, key: boolean): [number, number] {
  const { tree, member, whole } = follow(root, path);
  if (member !== undefined && (key || !whole)) return [member.start, member.keyEnd];
  if (tree === undefined) return [0, 0];
  const first = tree.kind === "map" && !tree.flow ? tree.members[0] : undefined;
  if (first !== undefined) return [first.start, first.keyEnd];
  return tree.kind === "list" && !tree.flow ? [tree.start, tree.start + 1] : [tree.start, tree.end];
}

/** Offsets → a place; what goes over several lines ends with its first. */
function placer(text: string, lines: LineCounter): (start: number, end: number) => { at: Position; endColumn: number } {
  return (start, end) => {
    const { line, col } = lines.lineStarts.length === 0 ? { line: 1, col: start + 1 } : lines.linePos(start);
    const stop = text.slice(start, end).search(/\s*[\r\n]/);
    const width = stop === -1 ? end - start : stop;
    return { at: { line, column: col }, endColumn: col + Math.max(1, width) };
  };
}
