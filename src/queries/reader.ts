import { readLength, readNumber } from "./durations.ts";
import type { Mistake, Span } from "./mistake.ts";
import { nest } from "./nesting.ts";
import type { AggregationPart, CallPart, Length, Part } from "./part.ts";
import { noLists, readGrouped, readSelector } from "./readerLabels.ts";
import type { Tree, TreeCursor } from "./promql.ts";
import { readExtended, readMoment, readOffset, readWindow } from "./readerPostfix.ts";
import { signatures } from "./signatures.ts";

const none: Part[] = [];

/** As deep as it may go: far less than what the stack can hold. */
const deepest = 1000;

/** Reads the node that the cursor is at; it comes back to it. */
export class Reader {
  private readonly text: string;
  private readonly at: TreeCursor;
  private depth = 0;
  /** what is wrong with where an offset or a moment stands */
  readonly misplaced: Mistake[] = [];

  constructor(text: string, tree: Tree) {
    this.text = text;
    this.at = tree.cursor();
  }

  /** The whole expression; the tree has no errors. */
  whole(): Part {
    return this.parts()[0]!;
  }

  span(): Span {
    return { from: this.at.from, to: this.at.to };
  }

  said(): string {
    return this.text.slice(this.at.from, this.at.to);
  }

  /** How long what is written here is. */
  length(): Length {
    return readLength(this.text, this.at.from, this.at.to);
  }

  /** Visits what is one level down. */
  inside(visit: (name: string) => void): void {
    if (!this.at.firstChild()) return;
    do visit(this.at.name);
    while (this.at.nextSibling());
    this.at.parent();
  }

  /** The operands one level down; `other` sees what is none. */
  parts(other?: (name: string) => void): Part[] {
    const found: Part[] = [];
    this.inside((name) => {
      const part = this.part(name);
      if (part !== undefined) found.push(part);
      else other?.(name);
    });
    return found;
  }

  private part(name: string): Part | undefined {
    this.depth += 1;
    const part = this.depth > deepest ? this.tooDeep() : this.partOf(name);
    this.depth -= 1;
    return part;
  }

  private tooDeep(): Part {
    const message = `the expression is nested more than ${deepest} deep: make recording rules of its parts`;
    if (this.misplaced.length === 0) this.misplaced.push({ message, ...this.span() });
    return { kind: "selector", type: "instant vector", metric: "", matchers: [], ...this.span() };
  }

  private partOf(name: string): Part | undefined {
    const { from, to } = this.at;
    switch (name) {
      case "NumberDurationLiteral":
        return { kind: "number", type: "scalar", value: readNumber(this.said()) ?? NaN, from, to };
      case "StringLiteral":
        return { kind: "text", type: "string", literal: this.said(), from, to };
      case "VectorSelector":
        return readSelector(this);
      case "ParenExpr": {
        const of = this.parts()[0]!;
        return { kind: "brackets", type: of.type, of, from, to };
      }
      case "UnaryExpr":
        return this.signed(from, to);
      case "FunctionCall":
        return this.call(from, to);
      case "AggregateExpr":
        return this.aggregation(from, to);
      case "BinaryExpr":
        return this.operation(to);
      case "MatrixSelector":
      case "SubqueryExpr":
        return readWindow(this, to, name === "MatrixSelector");
      case "OffsetExpr":
        return readOffset(this, to);
      case "StepInvariantExpr":
        return readMoment(this, to);
      case "AnchoredExpr":
      case "SmoothedExpr":
        return readExtended(this, to);
      default:
        return undefined;
    }
  }

  private signed(from: number, to: number): Part {
    const of = this.parts()[0]!;
    return { kind: "sign", type: of.type, of, from, to };
  }

  private call(from: number, to: number): CallPart {
    let [nameAt, args] = [this.span(), none];
    this.inside((name) => {
      if (name === "FunctionIdentifier") nameAt = this.span();
      else if (name === "FunctionCallBody") args = this.parts();
    });
    const name = this.text.slice(nameAt.from, nameAt.to);
    const type = signatures.get(name)?.gives ?? "instant vector";
    return { kind: "call", type, name, nameAt, args, from, to };
  }

  private aggregation(from: number, to: number): AggregationPart {
    let [nameAt, args, lists] = [this.span(), none, noLists];
    this.inside((name) => {
      if (name === "AggregateOp") nameAt = this.span();
      else if (name === "FunctionCallBody") args = this.parts();
      else if (name === "AggregateModifier") lists = readGrouped(this);
    });
    const name = this.text.slice(nameAt.from, nameAt.to).toLowerCase();
    const { by, without } = lists;
    return { kind: "aggregation", type: "instant vector", name, nameAt, args, by, without, from, to };
  }

  private operation(to: number): Part {
    let [bool, fill, opAt, lists] = [false, false, this.span(), noLists];
    const [left, right] = this.parts((name) => {
      if (name === "BoolModifier") bool = true;
      else if (name === "FillModifier") fill = true;
      else if (name === "MatchingModifierClause") lists = readGrouped(this);
      else if (name !== "LineComment") opAt = this.span();
    });
    const op = this.text.slice(opAt.from, opAt.to).toLowerCase();
    const { on, ignoring, group } = lists;
    const both = { left: left!, right: right!, from: left!.from, to };
    return nest({ kind: "binary", type: "instant vector", op, opAt, bool, on, ignoring, group, fill, ...both });
  }
}
