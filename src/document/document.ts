import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, stringify } from "yaml";
import type { Document as YamlDocument, Node, Pair, Scalar, YAMLError } from "yaml";
import { deepest, trackAliases } from "./aliases.ts";
import type { Finding, Path, Position } from "./finding.ts";
import { follow, spanOf } from "./follow.ts";
import { harmless } from "../harmless.ts";
import { insideScalar } from "./inside.ts";
import { exactly, plain } from "./tree.ts";
import type { Member, Style, Tree } from "./tree.ts";
import { survey } from "./survey.ts";
import type { Token } from "./survey.ts";
import { inWords } from "./yamlWords.ts";

export type { Edit, Finding, Path, Position } from "./finding.ts";
export type { Member, Style, Tree } from "./tree.ts";

/** A parsed YAML (or JSON) text. */
export interface Document {
  file: string;
  text: string;
  /** plain data, an empty text is null; nothing in it is shared; no key is `__proto__`, `constructor` or `prototype` */
  value: unknown;
  /** as written: styles, anchors and offsets; undefined for an empty text */
  tree: Tree | undefined;
  /** where the value at `path` starts; `key` asks for its key. When there is none: the nearest parent's key, or the start of its list item */
  at(path: Path, key?: boolean): { at: Position; endColumn: number };
  /** the same as offsets: `[start, end)` */
  span(path: Path, key?: boolean): [start: number, end: number];
  /** the offset of character `offset` of the string at `path`, also inside block and quoted scalars */
  inside(path: Path, offset: number): number;
  /** offsets → a place; what goes over several lines ends with its first */
  place(start: number, end: number): { at: Position; endColumn: number };
}

/** 1 MiB of UTF-16 units: no configuration a person wrote is longer. */
const longest = 1 << 20;
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

const noMerge = "<< takes keys from elsewhere, which YAML 1.2 does not know: write them out here";

/** What is wrong with a text, at offsets. */
interface Fault {
  start: number;
  end: number;
  message: string;
}

/** Reads one YAML 1.2 (core schema) or JSON document. There is a document exactly when there are no findings. */
export function parseDocument(text: string, file: string): { document?: Document; findings: Finding[] } {
  const lines = new LineCounter();
  const { tree, faults, merges = [] } = parseTree(text, lines);
  const place = placer(text, lines);
  const findings = [...faults, ...merges].map((fault): Finding => {
    return { file, ...place(fault.start, fault.end), rule: "yaml", severity: "error", message: fault.message };
  });
  if (findings.length > 0) return { findings };
  return {
    findings,
    document: {
      file,
      text,
      value: tree === undefined ? null : plain(tree),
      tree,
      at: (path, key = false) => place(...spanOf(tree, path, key)),
      span: (path, key = false) => spanOf(tree, path, key),
      inside(path, offset) {
        const found = follow(tree, path);
        const leaf = found.whole ? found.tree : undefined;
        if (leaf?.kind !== "scalar" || typeof leaf.is !== "string") return spanOf(tree, path, false)[0];
        return insideScalar(text, leaf.start, leaf.style, leaf.is, offset);
      },
      place,
    },
  };
}

/** A text that is no YAML, for readers that find mistakes in it: its value is the text. */
export function textDocument(text: string, file: string): Document {
  const lines = new LineCounter();
  for (const { index } of text.matchAll(/^|(?<=\n)/g)) lines.addNewLine(index);
  const place = placer(text, lines);
  const whole = (): [number, number] => [0, 0];
  return {
    file,
    text,
    value: text,
    tree: undefined,
    at: () => place(0, 0),
    span: whole,
    inside: (_, offset) => offset,
    place,
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

/** `merges`: keys `<<`, which are no mistake in files of others. */
function parseTree(text: string, lines: LineCounter): { tree?: Tree | undefined; faults: Fault[]; merges?: Fault[] } {
  if (text.length > longest)
    return { faults: [{ start: 0, end: 0, message: "longer than 1 MiB: this is no file for llmops" }] };
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
  return { ...grown, faults: [...faults, ...grown.faults].sort((a, b) => a.start - b.start) };
}

/** What is missing at the end is told where it was opened. */
function syntaxFault(error: YAMLError, text: string, unclosed: Token | undefined): Fault {
  const message = inWords(error.message, text.slice(...error.pos));
  if (unclosed !== undefined && /closing|and end with/.test(error.message)) {
    const { offset } = unclosed;
    return { start: offset, end: offset + 1, message: `${text[offset]} opens here and is never closed` };
  }
  return { start: error.pos[0], end: error.pos[1], message };
}

function growTree(
  document: YamlDocument.Parsed,
  text: string,
  lines: LineCounter,
): { tree: Tree | undefined; faults: Fault[]; merges: Fault[] } {
  const faults: Fault[] = [];
  const merges: Fault[] = [];
  const aliases = trackAliases();

  const fault = (node: { range?: readonly number[] | null | undefined }, message: string): void => {
    faults.push({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0, message });
  };
  const nothing = (start: number, end: number): Tree => ({ kind: "scalar", style: "plain", is: null, start, end });
  const growMember = (pair: Pair<Node, Node | null>, seen: Map<string, number>): Member | undefined => {
    const { key } = pair;
    if (!isScalar(key) || key.range == null) {
      fault(key, 'a key must be plain text; to write {{…}} or […] as a text, put it in "quotes"');
      return undefined;
    }
    const [start, keyEnd] = key.range;
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    const said = harmless(name);
    if (key.source === "<<" && key.type === "PLAIN") merges.push({ start, end: keyEnd, message: noMerge });
    if (forbiddenKeys.has(name)) fault(key, `${said} is not allowed as a key`);
    else if (seen.has(name))
      fault(key, `${said} is here twice; the first is on line ${lines.linePos(seen.get(name)!).line}`);
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
      return { kind: "list", flow, items, start, end: flow ? end : (items.at(-1)?.end ?? end) };
    }
    if (isMap(node)) {
      const seen = new Map<string, number>();
      const members = node.items.flatMap((pair) => growMember(pair as Pair<Node, Node | null>, seen) ?? []);
      const flow = node.flow === true;
      return { kind: "map", flow, members, start, end: flow ? end : (members.at(-1)?.value.end ?? end) };
    }
    return growScalar(node as Scalar, text, start, end);
  };

  const grow = (node: Node): Tree => {
    if (isAlias(node)) {
      const [start, end] = node.range!;
      const found = aliases.resolve(node.source, start, end);
      if ("tree" in found) return found.tree;
      if (found.why !== undefined) fault(node, found.why);
      return nothing(start, end);
    }
    const { anchor } = node as { anchor?: string };
    return anchor === undefined ? growPlain(node) : aliases.marked(anchor, () => growPlain(node));
  };

  return { tree: document.contents === null ? undefined : grow(document.contents), faults, merges };
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

/** Offsets → a place; what goes over several lines ends with its first. */
function placer(text: string, lines: LineCounter): (start: number, end: number) => { at: Position; endColumn: number } {
  return (start, end) => {
    const { line, col } = lines.lineStarts.length === 0 ? { line: 1, col: start + 1 } : lines.linePos(start);
    const written = text.slice(start, end);
    const stop = written.search(/[\r\n]/);
    const width = stop === -1 ? end - start : written.slice(0, stop).trimEnd().length;
    return { at: { line, column: col }, endColumn: col + Math.max(1, width) };
  };
}
