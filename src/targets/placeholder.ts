import { didYouMean } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import { dimensions, isDimension, type Dimension, type Scope } from "../timeline/scope.ts";

const pattern = /\{([^{}]*)\}/g;

/** The dimensions that a template such as `llm/{route}/enabled` names, each once, in order. */
export function placeholders(template: string): Dimension[] {
  const names = [...template.matchAll(pattern)].map(([, name]) => name!);
  return [...new Set(names.filter(isDimension))];
}

/** What is wrong with a template, if anything. */
export function mistakeIn(template: string): string | undefined {
  const wrong = [...template.matchAll(pattern)].map(([, name]) => name!).find((name) => !isDimension(name));
  if (wrong === undefined) return undefined;
  return `names {${harmless(wrong)}}, which is no dimension${didYouMean(wrong, dimensions)}`;
}

/** The template with the scope's values, each encoded for its place. */
export function fill(
  template: string,
  scope: Scope,
  encode: (value: string) => string,
): { text: string } | { error: string } {
  const open = placeholders(template).find((dimension) => (scope[dimension] ?? "") === "");
  if (open !== undefined) return { error: `${harmless(template)} needs a ${open}: --scope ${open}=…` };
  const broken = placeholders(template).find((dimension) => /\p{Cs}/u.test(scope[dimension]!));
  if (broken !== undefined)
    return {
      error: `the ${broken} ${shorten(scope[broken]!, 60)} holds half a character, which no address can carry: --scope ${broken}=…`,
    };
  return { text: template.replace(pattern, (_, name: Dimension) => encode(scope[name]!)) };
}

/** The part of a template before the segment that holds the placeholder of a dimension: "llm/{route}/model" → "llm/". */
export function before(template: string, dimension: Dimension): string {
  const at = template.indexOf(`{${dimension}}`);
  return template.slice(0, template.lastIndexOf("/", at) + 1);
}

/** The values of a dimension that names of such a segment hold: of "llm/{route}.enabled" and "a.enabled" it is "a". */
export function valuesIn(template: string, dimension: Dimension, names: readonly string[]): string[] {
  const [segment = ""] = template.slice(before(template, dimension).length).split("/");
  const [head = "", tail = "", ...more] = segment.split(`{${dimension}}`);
  if (more.length > 0 || `${head}${tail}`.includes("{")) return [];
  const fits = (name: string) =>
    name.length > head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
  return names.filter(fits).map((name) => name.slice(head.length, name.length - tail.length));
}
