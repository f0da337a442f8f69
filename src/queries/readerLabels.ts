import type { Grouped, Matching, SelectorPart } from "./part.ts";
import { unquote } from "./quote.ts";
import type { Reader } from "./reader.ts";

/** A selector: `metric{label="value"}`. */
export function readSelector(reader: Reader): SelectorPart {
  const part: SelectorPart = {
    kind: "selector",
    type: "instant vector",
    metric: undefined,
    matchers: [],
    ...reader.span(),
  };
  reader.inside((name) => {
    if (name === "Identifier") part.metric = reader.said();
    else if (name === "LabelMatchers") {
      reader.inside((matcher) => {
        if (matcher !== "LineComment") part.matchers.push(readMatcher(reader, matcher));
      });
    }
  });
  return part;
}

function readMatcher(reader: Reader, name: string): Matching {
  const span = reader.span();
  if (name === "QuotedLabelName")
    return { label: "__name__", op: "=", value: meant(reader.said()), valueAt: span, ...span };
  const matching: Matching = { label: "", op: "=", value: "", valueAt: span, ...span };
  reader.inside((child) => {
    if (child === "LabelName") matching.label = reader.said();
    else if (child === "QuotedLabelName") matching.label = meant(reader.said());
    else if (child === "MatchOp") matching.op = reader.said() as Matching["op"];
    else if (child === "StringLiteral") {
      matching.value = meant(reader.said());
      matching.valueAt = reader.span();
    }
  });
  return matching;
}

interface Lists {
  by: Grouped[] | undefined;
  without: Grouped[] | undefined;
  on: Grouped[] | undefined;
  ignoring: Grouped[] | undefined;
  /** group_left or group_right, with the labels that it copies */
  group: { side: "left" | "right"; labels: Grouped[] } | undefined;
}

export const noLists: Readonly<Lists> = {
  by: undefined,
  without: undefined,
  on: undefined,
  ignoring: undefined,
  group: undefined,
};

/** `by (…)`, `without (…)`, `on (…) group_left (…)`: the lists, by the word before them. */
export function readGrouped(reader: Reader): Lists {
  const lists: Lists = { ...noLists };
  let list: Grouped[] = [];
  reader.inside((name) => {
    switch (name) {
      case "By":
        list = lists.by = [];
        break;
      case "Without":
        list = lists.without = [];
        break;
      case "On":
        list = lists.on = [];
        break;
      case "Ignoring":
        list = lists.ignoring = [];
        break;
      case "GroupLeft":
      case "GroupRight":
        lists.group = { side: name === "GroupLeft" ? "left" : "right", labels: (list = []) };
        break;
      case "GroupingLabels":
        reader.inside((child) => {
          if (child === "LabelName") list.push({ label: reader.said(), ...reader.span() });
          else if (child === "QuotedLabelName") list.push({ label: meant(reader.said()), ...reader.span() });
        });
    }
  });
  return lists;
}

function meant(literal: string): string {
  return literal.includes("\\") ? unquote(literal) : literal.slice(1, -1);
}
