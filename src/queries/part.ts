import type { Span } from "./mistake.ts";

export type ValueType = "scalar" | "string" | "instant vector" | "range vector";

/** `label op "value"` of a selector; `{"my.metric"}` is a matcher of `__name__`. */
export interface Matching extends Span {
  label: string;
  op: "=" | "!=" | "=~" | "!~";
  /** what the string means, without quotes and escapes */
  value: string;
  /** the string with its quotes */
  valueAt: Span;
}

/** A label in `by (…)`, `on (…)` and the like. */
export interface Grouped extends Span {
  label: string;
}

/** The length of a window, or how far an offset goes back. */
export interface Length extends Span {
  /** undefined where it is computed: `[step() * 2]` */
  ms: number | undefined;
}

/** Which moment a selector or subquery is about; `at` is undefined seconds for start() and end(). */
export interface Moved {
  offset?: Length;
  at?: Span & { seconds: number | undefined };
}

interface Typed extends Span {
  type: ValueType;
}

export interface NumberPart extends Typed {
  kind: "number";
  value: number;
}
export interface TextPart extends Typed {
  kind: "text";
  /** with its quotes */
  literal: string;
}
export interface SelectorPart extends Typed, Moved {
  kind: "selector";
  /** the name before the braces */
  metric: string | undefined;
  matchers: Matching[];
}
/** `selector[5m]` */
export interface RangePart extends Typed, Moved {
  kind: "range";
  of: Part;
  window: Length;
}
/** `expression[1h:1m]` */
export interface SubqueryPart extends Typed, Moved {
  kind: "subquery";
  of: Part;
  window: Length;
  step: Length | undefined;
}
export interface CallPart extends Typed {
  kind: "call";
  name: string;
  nameAt: Span;
  args: Part[];
}
export interface AggregationPart extends Typed {
  kind: "aggregation";
  /** in small letters */
  name: string;
  nameAt: Span;
  /** all that stands in the brackets; the vector is the last */
  args: Part[];
  by: Grouped[] | undefined;
  without: Grouped[] | undefined;
}
export interface BinaryPart extends Typed {
  kind: "binary";
  /** in small letters */
  op: string;
  opAt: Span;
  left: Part;
  right: Part;
  bool: boolean;
  on: Grouped[] | undefined;
  ignoring: Grouped[] | undefined;
  /** group_left or group_right, with the labels that it copies */
  group: { side: "left" | "right"; labels: Grouped[] } | undefined;
  fill: boolean;
}
/** `-x`, `+x` */
export interface SignPart extends Typed {
  kind: "sign";
  of: Part;
}
export interface BracketsPart extends Typed {
  kind: "brackets";
  of: Part;
}

/** A PromQL expression, and each part of it, as Prometheus nests it (the grammar's own tree nests `a + b[5m]` as `(a + b)[5m]`). */
export type Part =
  | NumberPart
  | TextPart
  | SelectorPart
  | RangePart
  | SubqueryPart
  | CallPart
  | AggregationPart
  | BinaryPart
  | SignPart
  | BracketsPart;

/** What a part is made of, one level down. */
export function partsOf(part: Part): readonly Part[] {
  switch (part.kind) {
    case "number":
    case "text":
    case "selector":
      return [];
    case "range":
    case "subquery":
    case "sign":
    case "brackets":
      return [part.of];
    case "call":
    case "aggregation":
      return part.args;
    case "binary":
      return [part.left, part.right];
  }
}

/** The part and all within it, from the outside in and in the order of the text. */
export function* everyPart(root: Part): Generator<Part, void> {
  const waiting = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    yield part;
    const inside = partsOf(part);
    for (let i = inside.length - 1; i >= 0; i--) waiting.push(inside[i]!);
  }
}

/** What stands in the brackets, however many there are around it. */
export function bare(part: Part): Part {
  let inner = part;
  while (inner.kind === "brackets") inner = inner.of;
  return inner;
}
