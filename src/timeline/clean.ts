import { createHmac } from "node:crypto";
import type { Secrets } from "../redact/known.ts";
import { redact, type Mark } from "../redact/redact.ts";
import { hasValue } from "../redact/named.ts";
import { isSecretName } from "../redact/secrets.ts";
import type { Fact, Facts, FactType } from "./event.ts";
import type { Change } from "./setting.ts";

/**
 * Where words stand that people or models wrote, or that quote them. Personal data is taken out there and nowhere else: a
 * user who is an e-mail address must stay blockable and a value exactly restorable, so scopes, labels, values, ids,
 * addresses, names of models and people, and queries stay as they are. Secrets are taken out everywhere.
 * Path without the numbers of lists; `*`: any key.
 */
const words: { [T in FactType]: readonly string[] } = {
  opened: ["title"],
  pinned: [],
  scoped: ["why"],
  alert: ["annotations.*"],
  check: ["reach.say"],
  measured: ["measurement.why", "measurement.warnings"],
  blast: [],
  sampled: ["calls.note"],
  quoted: ["calls.prompt", "calls.response", "calls.error"],
  asked: ["question", "why"],
  answered: [],
  "step-started": ["title"],
  "step-ended": ["why"],
  skipped: ["reason"],
  noted: ["text"],
  acknowledged: [],
  severity: ["reason"],
  role: [],
  "handed-off": ["note"],
  planned: ["plan.reason", "plan.forced.reason"],
  declined: ["why"],
  intended: [],
  written: ["result.why"],
  "read-back": ["why"],
  settled: ["why"],
  probed: ["why"],
  "in-effect": ["why", "measurements.why", "measurements.warnings"],
  helped: ["why", "measurements.why", "measurements.warnings"],
  ended: ["why"],
  drifted: ["hint"],
  restored: [],
  spent: [],
  kept: ["reason"],
  extended: ["reason"],
  sent: ["text", "why"],
  escalated: ["why"],
  ran: ["output"],
  resolved: ["note"],
  closed: ["note"],
  corrected: ["text"],
  erased: ["reason"],
  torn: [],
};

/**
 * Facts as they may be recorded. Hidden values become marks like "[email 3f9a02]": the same value has the same mark in one
 * store, and without the store's `key`, asked for only when it is needed, nobody can try out which value it was.
 */
export async function cleanFacts(
  facts: readonly Fact[],
  secrets: Secrets,
  key: () => Promise<string>,
): Promise<Fact[]> {
  let found = false;
  const seen: Mark = () => {
    found = true;
    return "";
  };
  const clean = facts.map((fact) => cleanFact(fact, secrets, seen));
  if (!found) return clean;
  const mark = marksOf(await key());
  return facts.map((fact) => cleanFact(fact, secrets, mark));
}

/** Would the record of this change not be the change itself? Then it could not be undone from it. */
export function holdsSecret({ before, after, scope }: Pick<Change, "before" | "after" | "scope">, secrets: Secrets) {
  let found = false;
  const hide = (text: string, key: string) => {
    found ||= secrets.hide(text) !== text || (isSecretName(key) && hasValue(text));
    return text;
  };
  walk({ before, after, scope }, "", "", hide);
  return found;
}

function cleanFact(fact: Fact, secrets: Secrets, mark: Mark): Fact {
  const personal = new Set(words[fact.type]);
  // Angle brackets can stand anywhere in YAML: what is pinned is still the runbook.
  const said: Mark = fact.type === "pinned" ? (...of) => mark(...of).replace(/^\[(.*)\]$/, "<$1>") : mark;
  const hide = (text: string, key: string, path: string, parent: string) => {
    const known = secrets.hideKnown(text);
    if (isSecretName(key) && hasValue(known)) return said("secret", known);
    const isWords = personal.has(path) || personal.has(`${parent}.*`);
    return redact(known, isWords ? "all" : "secrets", said);
  };
  return { ...fact, payload: walk(fact.payload, "", "", hide) as Facts[FactType] } as Fact;
}

type Hide = (text: string, key: string, path: string, parent: string) => string;

/** The same shape, with every text hidden; keys are texts too. */
function walk(value: unknown, path: string, key: string, hide: Hide, parent = ""): unknown {
  if (typeof value === "string") return hide(value, key, path, parent);
  if (Array.isArray(value)) return value.map((item) => walk(item, path, key, hide, parent));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name.length < 16 ? name : hide(name, "", "", ""),
    walk(inner, path === "" ? name : `${path}.${name}`, name, hide, path),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** The same text has the same in one store; without the store's `key` nobody can try out which text it was. */
export function keyedHash(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

function marksOf(key: string): Mark {
  return (kind, value) => {
    // one person's number, however it is spelled
    const plain = value.toLowerCase().replace(/[\s()./-]/g, "");
    return `[${kind} ${keyedHash(`${kind} ${plain}`, key).slice(0, 6)}]`;
  };
}
