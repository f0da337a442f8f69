import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { dimensions, isDimension, type Dimension, type Scope } from "../timeline/scope.ts";
import type { Secret } from "../world/secret.ts";

/** What is sent, as `llmops.yaml` has it. */
export interface Template {
  url: string;
  headers: Record<string, Secret>;
  body?: Record<string, unknown> | undefined;
}

const placeholder = /\{([a-z]+)\}/g;

/** What is wrong with a template, if anything, and where. */
export function mistakeIn({ url, headers, body }: Template): { path: string[]; message: string } | undefined {
  const [, origin = ""] = /^(https?:\/\/[^/?#]*)/i.exec(url) ?? [];
  const plain = url.replace(placeholder, "x");
  const wrong = !URL.canParse(plain) || /[{}@\\]/.test(origin) || new URL(plain).hash !== "";
  if (origin === "" || wrong)
    return { path: ["url"], message: "needs an http:// or https:// address without user and password" };
  const [path = ""] = url.slice(origin.length).split("?");
  if (path.split("/").some((step) => [".", ".."].includes(step.replace(/%2e/gi, "."))))
    return { path: ["url"], message: "needs a path without . and .." };
  const texts = [
    [["url"], url] as const,
    ...Object.entries(headers).flatMap(([name, it]) => (typeof it === "string" ? [[["headers", name], it]] : [])),
    ...textsIn(body).map((text) => [["body"], text] as const),
  ] as [string[], string][];
  for (const [where, text] of texts) {
    const word = [...text.matchAll(placeholder)].map(([, name]) => name!).find((name) => !isDimension(name));
    if (word === undefined) continue;
    return { path: where, message: `names {${harmless(word)}}, which is no dimension${didYouMean(word, dimensions)}` };
  }
  return undefined;
}

/** The dimensions that it names. Without a body of its own it names the user, and the model, where there is one. */
export function named({ url, headers, body }: Template): { must: Dimension[]; may: Dimension[] } {
  const texts = [url, ...Object.values(headers).filter((it) => typeof it === "string"), ...textsIn(body)];
  const must = dimensions.filter((dimension) => texts.some((text) => text.includes(`{${dimension}}`)));
  return { must, may: body === undefined ? ["user", "model"] : [] };
}

/** Each value as its place needs it; undefined where a value would lead to another address, or to none. */
export function fillUrl(url: string, scope: Scope): string | undefined {
  if ([...url.matchAll(placeholder)].some(([, name]) => /\p{Cs}/u.test(scope[name as Dimension] ?? "")))
    return undefined;
  const filled = url.replace(placeholder, (_, name: Dimension) => encodeURIComponent(scope[name] ?? ""));
  const [path = ""] = filled.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/);
  return path.split("/").some((step) => step === "." || step === "..") ? undefined : filled;
}

export function fillText(text: string, scope: Scope): string {
  return text.replace(placeholder, (_, name: Dimension) => scope[name] ?? "");
}

/** The cheapest harmless question there is. */
export function fillBody(body: Template["body"], scope: Scope): string {
  const usual = {
    ...(scope.model === undefined ? {} : { model: scope.model }),
    messages: [{ role: "user", content: "Reply with the word ok." }],
    max_tokens: 1,
    stream: false,
    ...(scope.user === undefined ? {} : { user: scope.user }),
  };
  return JSON.stringify(body === undefined ? usual : fillValue(body, scope));
}

function fillValue(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return fillText(value, scope);
  if (Array.isArray(value)) return value.map((item) => fillValue(item, scope));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillValue(inner, scope)]));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
