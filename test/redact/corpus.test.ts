import { describe, expect, it } from "vitest";
import { redact } from "../../src/redact/redact.ts";
import { secrets } from "../../src/redact/secrets.ts";
import { negatives } from "./negatives.ts";
import { positives } from "./positives.ts";

/** So much of a secret in a row that it is worth something: half of it, or 8 characters. */
function remains(hidden: string, text: string): boolean {
  const length = Math.min(8, Math.ceil(hidden.length / 2));
  return Array.from({ length: hidden.length - length + 1 }, (_, i) => hidden.slice(i, i + length)).some((part) =>
    text.includes(part),
  );
}

/** type → how many of how many */
function byType(cases: readonly { type: string; good: boolean }[]): [type: string, share: number, said: string][] {
  const types = [...new Set(cases.map(({ type }) => type))];
  return types.map((type) => {
    const of = cases.filter((one) => one.type === type);
    const good = of.filter((one) => one.good).length;
    return [type, good / of.length, `${type.padEnd(22)} ${String(good).padStart(3)} of ${of.length}`];
  });
}

describe("K03, K04: secrets and personal data are found by their shape", () => {
  const found = positives().map((one) => {
    const clean = redact(one.text, "all");
    return { ...one, clean, good: !remains(one.hidden, clean) };
  });
  const kept = negatives().map((one) => ({ ...one, clean: redact(one.text, "all"), good: true }));
  for (const one of kept) one.good = one.clean === one.text;

  it("finds at least 97 of 100, of each type that shows itself at least 90", () => {
    const missed = found.filter(({ good }) => !good).map(({ type, text, clean }) => ({ type, text, clean }));
    const rows = byType(found);
    const recall = 1 - missed.length / found.length;
    console.log([`found ${(recall * 100).toFixed(1)} % of ${found.length}:`, ...rows.map(([, , s]) => s)].join("\n  "));
    expect(found.length).toBeGreaterThanOrEqual(800);
    expect(recall, JSON.stringify(missed.slice(0, 20), null, 1)).toBeGreaterThanOrEqual(0.97);
    // "login admin / hunter2": nothing tells it from any other word
    const least = (type: string) => (type === "in a hurry" ? 0.5 : 0.9);
    expect(rows.filter(([type, share]) => share < least(type)).map(([, , said]) => said)).toEqual([]);
  });

  it("a token of Unleash begins like an alias and is a value", () => {
    expect(redact("api_token: *:*.964a287e1b728cb5f4f3e0120df92cb5", "all")).not.toContain("964a287e");
    expect(redact("api_token: *gateway-token", "all")).toBe("api_token: *gateway-token");
  });

  it("takes at most 2 of 100 for one that are none, of each type at most 7", () => {
    const wrong = kept.filter(({ good }) => !good).map(({ type, text, clean }) => ({ type, text, clean }));
    const rows = byType(kept);
    const alarms = wrong.length / kept.length;
    console.log(
      [`left ${((1 - alarms) * 100).toFixed(1)} % of ${kept.length} alone:`, ...rows.map(([, , s]) => s)].join("\n  "),
    );
    expect(kept.length).toBeGreaterThanOrEqual(350);
    expect(alarms, JSON.stringify(wrong.slice(0, 20), null, 1)).toBeLessThanOrEqual(0.02);
    expect(rows.filter(([, share]) => share < 0.93).map(([, , said]) => said)).toEqual([]);
  });

  it("changes nothing more when applied twice, marked or not", () => {
    const mark = (kind: string) => `[${kind} 3f9a02]`;
    const again = found.flatMap(({ text }) =>
      ([undefined, mark] as const).flatMap((marked) => {
        const once = redact(text, "all", marked);
        return redact(once, "all", marked) === once ? [] : [{ text, once, twice: redact(once, "all", marked) }];
      }),
    );
    expect(again).toEqual([]);
  });
});

it("K03: what is looked for first is in every text that holds the rest", () => {
  const texts = [...positives(), ...negatives()].map(({ text }) => text);
  for (const { pattern, hint } of secrets) {
    if (hint === undefined) continue;
    const found = texts.filter((text) => text.search(pattern) !== -1);
    expect(found.length, String(pattern)).toBeGreaterThan(0);
    expect(found.filter((text) => !hint.test(text))).toEqual([]);
  }
});
