import { readAt } from "../document/edit.ts";
import { jsonTree } from "../document/jsonTree.ts";
import type { Member, Tree } from "../document/tree.ts";

/** A flag in one environment. */
export interface Flag {
  /**
   * What levers point into: `{"enabled":…,"strategies":[…]}`, with the numbers and JSON that Unleash keeps as texts (payloads
   * of variants, the rollout) opened: `/strategies/0/variants/0/payload/value/max_tokens`.
   */
  text: string;
  /** flags that must be on too */
  parents: string[];
}

type Failed = { error: string };

/** What Unleash answered about a flag → the flag in one environment; `others` when that is not one of its environments. */
export function flagIn(body: string, environment: string): Flag | { others: string[] } | Failed {
  const parsed = jsonTree(body);
  if ("error" in parsed) return { error: "answered what is no JSON" };
  const names = namesIn(body, "environments", "name");
  const found = items(child(parsed.tree, "environments"))[names.indexOf(environment)];
  if (found === undefined) return names.length > 0 ? { others: names } : { error: "answered JSON that is no flag" };
  const [enabled, strategies] = [child(found, "enabled"), child(found, "strategies")];
  if (enabled === undefined || strategies?.kind !== "list") return { error: "answered JSON that is no flag" };
  return {
    text: `{"enabled":${slice(body, enabled)},"strategies":${opened(body, strategies)}}`,
    parents: namesIn(body, "dependencies", "feature"),
  };
}

/** One text of each entry of a list: the names of flags, of environments. */
export function namesIn(body: string, list: string, key: string): string[] {
  const parsed = jsonTree(body);
  return "error" in parsed ? [] : items(child(parsed.tree, list)).map((one) => word(child(one, key)));
}

export function strategiesIn(text: string): { id: string; disabled: boolean }[] {
  const parsed = jsonTree(text);
  const strategies = "error" in parsed ? [] : items(child(parsed.tree, "strategies"));
  return strategies.map((one) => {
    return { id: word(child(one, "id")), disabled: scalar(child(one, "disabled")) === true };
  });
}

/** Whether a unit is the list of a constraint that only those in it meet. */
export function letsIn(text: string, unit: readonly string[]): boolean {
  const parsed = jsonTree(text);
  if ("error" in parsed || unit[2] !== "constraints" || unit[4] !== "values") return false;
  const constraint = unit.slice(0, 4).reduce<Tree | undefined>((tree, key) => child(tree, key), parsed.tree);
  return (word(child(constraint, "operator")) === "NOT_IN") === (scalar(child(constraint, "inverted")) === true);
}

/** The smallest thing of a strategy that holds what is at a path into the flag, and that Unleash replaces as one. */
export function unitAt(path: readonly string[]): string[] | undefined {
  const [list, index = "", area = "", ...rest] = path;
  if (list !== "strategies" || !/^\d+$/.test(index) || rest.length === 0) return undefined;
  if (!["parameters", "constraints", "variants"].includes(area)) return undefined;
  const isPayload = area === "variants" && rest[1] === "payload" && rest[2] === "value";
  return isPayload ? path.slice(0, 6) : [...path];
}

/** What stands at a unit of the text, as JSON that Unleash takes there. */
export function closed(text: string, unit: readonly string[]): { json: string } | Failed {
  const parsed = jsonTree(text);
  if ("error" in parsed) return parsed;
  const above = unit.slice(0, -1).reduce<Tree | undefined>((tree, key) => child(tree, key), parsed.tree);
  const found = child(above, unit.at(-1)!);
  if (found === undefined) return { error: "Unleash keeps a place for this value: it cannot be taken away" };
  const is = scalar(found);
  if (unit[2] === "parameters" && unit[3] === "rollout") {
    if (typeof is === "number" && Number.isInteger(is) && is >= 0 && is <= 100)
      return { json: JSON.stringify(String(is)) };
    return { error: "a rollout is a whole number from 0 to 100; Unleash would take anything" };
  }
  if (unit[4] === "payload") {
    const type = word(child(above, "type"));
    if (type === "json") return { json: JSON.stringify(around(text, above, found)) };
    if ((type === "number") === (typeof is === "number") && ["number", "string"].includes(typeof is))
      return { json: JSON.stringify(type === "number" ? slice(text, found) : is) };
    return { error: `this variant carries a payload of type ${type}, which cannot hold ${slice(text, found)}` };
  }
  if (unit.at(-1) === "values" && items(found).length === 0)
    return { error: "Unleash takes no empty list of values: leave one in it that fits nobody" };
  return { json: slice(text, found) };
}

function opened(body: string, strategies: Tree): string {
  const texts = items(strategies).flatMap((strategy) => [
    ...wrapped(child(child(strategy, "parameters"), "rollout"), "number"),
    ...items(child(strategy, "variants")).flatMap((variant) => {
      const payload = child(variant, "payload");
      return wrapped(child(payload, "value"), scalar(child(payload, "type")));
    }),
  ]);
  let [made, at] = ["", strategies.start];
  for (const { tree, content } of texts.toSorted((a, b) => a.tree.start - b.tree.start)) {
    made += body.slice(at, tree.start) + content;
    at = tree.end;
  }
  return made + body.slice(at, strategies.end);
}

/** A text that is JSON of this type; one that is not stays a text. */
function wrapped(tree: Tree | undefined, type: unknown): { tree: Tree; content: string }[] {
  const content = scalar(tree);
  if (tree === undefined || typeof content !== "string") return [];
  const inside = readAt(content, "json", "");
  if ("error" in inside || "absent" in inside.value) return [];
  const fits = type === "json" || (type === "number" && typeof inside.value.is === "number");
  return fits ? [{ tree, content }] : [];
}

/** The value with the white space around it, which is part of the text that it is kept as. */
function around(text: string, map: Tree | undefined, value: Tree): string {
  const member = membersOf(map).find((one) => one.value === value)!;
  const from = text.indexOf(":", member.keyEnd) + 1;
  return text.slice(from, value.end) + /^\s*/.exec(text.slice(value.end))![0];
}

function child(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree?.kind === "list") return tree.items[Number(key)];
  return membersOf(tree).find((member) => member.key === key)?.value;
}

function membersOf(tree: Tree | undefined): Member[] {
  return tree?.kind === "map" ? tree.members : [];
}

function items(tree: Tree | undefined): Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

function scalar(tree: Tree | undefined): string | number | boolean | null | undefined {
  return tree?.kind === "scalar" ? tree.is : undefined;
}

function word(tree: Tree | undefined): string {
  const is = scalar(tree);
  return typeof is === "string" ? is : "";
}

function slice(text: string, { start, end }: Tree): string {
  return text.slice(start, end);
}
