import { describe, expect, it } from "vitest";
import { openSecrets } from "../../src/redact/known.ts";
import { headOf, stamp } from "../../src/timeline/chain.ts";
import { cleanFacts } from "../../src/timeline/clean.ts";
import { fact, type Fact, type Facts, type FactType } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { openMemoryStore } from "../../src/timeline/memoryStore.ts";
import type { SampledCall } from "../../src/timeline/sample.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import { fakeWorld } from "../fake/world.ts";
import { verifyChain } from "../timeline/verify.ts";

const author = { by: "dana", host: "laptop" };
const key = `sk-${"ant"}-api03-${"q7R".repeat(20)}`;
const mail = "erin.example@example.com";
const secrets = openSecrets();
secrets.add("quiet-lantern-88", "GATE");

async function clean<T extends FactType>(type: T, payload: Facts[T]): Promise<Facts[T]> {
  const [one] = await cleanFacts([fact(type, payload)], secrets, async () => "store key");
  return one!.payload as Facts[T];
}

describe("K04: what is hidden in which field", () => {
  it("secrets everywhere, names of people only in what people and models wrote", async () => {
    const alert = await clean("alert", {
      name: "TokenCostExplosion",
      status: "firing",
      labels: { user: mail, api_key: "Tr0ub4dor33", api_key_alias: "acme-prod", note: key },
      annotations: { summary: `${mail} spends, see ${key}` },
      generator: `http://prometheus.test/graph?user=${mail}&token=Tr0ub4dor33`,
    });
    expect(alert.labels).toEqual({
      user: mail,
      api_key: expect.stringMatching(/^\[secret [0-9a-f]{6}\]$/),
      api_key_alias: "acme-prod",
      note: expect.stringMatching(/^\[anthropic key [0-9a-f]{6}\]$/),
    });
    expect(alert.annotations["summary"]).toMatch(/^\[email [0-9a-f]{6}\] spends, see \[anthropic key [0-9a-f]{6}\]$/);
    expect(alert.generator).toContain(`user=${mail}&token=[token `);
    expect(alert.generator).not.toContain("Tr0ub4dor33");
  });

  it("why something was forced is a reason like any other", async () => {
    const reason = `${mail} wants it`;
    const rest = { changes: [], reads: [], wider: [], effects: [], withinMs: 0, reason };
    const { plan } = await clean("planned", { plan: { ...rest, forced: { why: ["too long"], reason } } });
    expect(plan.forced!.reason).toMatch(/^\[email \w{6}\] wants it$/);
    expect(plan.reason).toBe(plan.forced!.reason);
  });

  it("a user who is an e-mail address stays blockable, and a value exactly restorable", async () => {
    const change = {
      id: "m1",
      mitigation: "block",
      target: "gateway",
      setting: "blocked" as const,
      scope: { user: mail },
      before: { is: [mail, "+1 212 555 0100", 12345678901] },
      after: { is: [mail, "+1 212 555 0100", "2.2.2.2"], exact: '["x"]' },
      version: '"abc"',
    };
    expect(await clean("intended", { change, deadlineMs: 1 })).toEqual({ change, deadlineMs: 1 });
    const scope = { user: mail };
    expect(await clean("scoped", { scope, why: `mail of ${mail}` })).toEqual({
      scope,
      why: expect.stringMatching(/^mail of \[email \w{6}\]$/),
    });
  });

  it("H08: of call records the ids stay, words lose people and secrets", async () => {
    const call: SampledCall = { id: "4f2a", at: 1, scope: { user: mail, model: "gpt-4o-mini" }, mark: "bad" };
    const { calls } = await clean("sampled", {
      of: "failed",
      source: "calls",
      from: 0,
      to: 1,
      calls: [{ ...call, note: `rude to ${mail}`, prompt: { hmac: "7f".repeat(32), characters: 9 } }],
    });
    const note = expect.stringMatching(/^rude to \[email \w{6}\]$/);
    expect(calls[0]).toEqual({ ...call, note, prompt: { hmac: "7f".repeat(32), characters: 9 } });
    const said = `I am ${mail}`;
    const quoted = await clean("quoted", { calls: [{ id: "4f2a", prompt: said, response: said, error: said }] });
    const hidden = expect.stringMatching(/^I am \[email \w{6}\]$/);
    expect(quoted.calls[0]).toEqual({ id: "4f2a", prompt: hidden, response: hidden, error: hidden });
  });

  it("a key of an object is a text, too, and prototype keys stay plain data", async () => {
    const labels = JSON.parse(`{"${key}":"x","__proto__":"y"}`) as Record<string, string>;
    const alert = await clean("alert", { name: "A", status: "firing", labels, annotations: {} });
    expect(Object.keys(alert.labels)).toEqual([expect.stringMatching(/^\[anthropic key \w{6}\]$/), "__proto__"]);
    expect(({} as Record<string, unknown>)["y"]).toBeUndefined();
  });

  it("a pinned runbook that holds one is still a runbook", async () => {
    const text = `
id: leak
title: Leak
class: safety
severity: SEV2
summary: Somebody wrote a key into a runbook.
steps:
  - { id: ask, title: ${key}, instruct: "curl -H 'Authorization: Bearer ${"Zk9".repeat(9)}'" }
`;
    expect(parseRunbook(text, "leak.yaml").runbook?.steps[0]?.title).toBe(key);
    const pinned = await clean("pinned", { runbook: "leak", origin: "leak.yaml", digest: "d", text, first: true });
    expect(pinned.text).not.toContain(key);
    expect(pinned.text).not.toContain("Zk9Zk9");
    const { runbook, findings } = parseRunbook(pinned.text, "leak.yaml");
    expect(findings).toEqual([]);
    expect(runbook?.steps[0]?.title).toMatch(/^<anthropic key \w{6}>$/);
  });

  it("known secrets leave their name, with no key asked for", async () => {
    const refuse = async () => Promise.reject(new Error("asked"));
    const said = await cleanFacts([fact("noted", { text: "it is quiet-lantern-88" })], secrets, refuse);
    expect(said[0]!.payload).toEqual({ text: "it is [secret GATE]" });
    await expect(cleanFacts([fact("noted", { text: mail })], secrets, refuse)).rejects.toThrow("asked");
  });
});

describe("K03: marks", () => {
  const notes: Fact[] = [
    `${mail} and ${mail.toUpperCase()}`,
    "other@example.com",
    "+1 (212) 555-0100",
    "+1 212.555.0100",
  ].map((text) => fact("noted", { text }));
  const marks = async (storeKey: string) => {
    const said = await cleanFacts(notes, openSecrets(), async () => storeKey);
    return JSON.stringify(said.map(({ payload }) => payload)).match(/[0-9a-f]{6}(?=\])/g)!;
  };

  it("are the same for the same value in one store, however it is spelled, and differ for others and in other stores", async () => {
    const [one, again, other, phone, samePhone] = await marks("a");
    expect([again, samePhone]).toEqual([one, phone]);
    expect(new Set([one, other, phone, (await marks("b"))[0]]).size).toBe(4);
  });

  it("come from a key that a store draws once, when it first needs it", async () => {
    const world = fakeWorld();
    const append = (text: string, after: number) =>
      openFileStore(world, `${world.cwd}/.llmops`).append("INC-1121-aaaa", after, [fact("noted", { text })], author);
    await append("nobody is named", 0);
    expect(await world.files.exists(`${world.cwd}/.llmops/redaction.key`)).toBe(false);
    const [first, second] = [await append(mail, 1), await append(`again ${mail}`, 2)].map((result) =>
      "events" in result ? (result.events[0]!.payload as { text: string }).text : "",
    );
    expect(first).toMatch(/^\[email \w{6}\]$/);
    expect(second).toBe(`again ${first}`);
    expect(world.files.text(`${world.cwd}/.llmops/redaction.key`)).toMatch(/^[a-z2-7]{52}\n$/);
    expect(JSON.stringify(world.files.all())).not.toContain(mail);
  });

  it("in a store without a disk, too", async () => {
    const store = openMemoryStore(fakeWorld());
    await store.append("INC-1121-aaaa", 0, [fact("noted", { text: `${mail} ${key}` })], author);
    expect(JSON.stringify(await store.read("INC-1121-aaaa"))).toMatch(/\[email \w{6}\] \[anthropic key \w{6}\]/);
  });
});

it("K09: the chain is over what was kept, and holds when one payload is erased", async () => {
  const world = fakeWorld();
  const store = openFileStore(world, `${world.cwd}/.llmops`);
  const id = "INC-1121-aaaa";
  const texts = ["first", `${mail} wrote`, "third"];
  await store.append(
    id,
    0,
    texts.map((text) => fact("noted", { text })),
    author,
  );
  const file = `${world.cwd}/.llmops/incidents/${id}/timeline.jsonl`;
  const { events } = await store.read(id);
  expect(verifyChain(events)).toBeUndefined();
  expect(world.files.text(file)).toMatch(/\[email \w{6}\] wrote/);

  (events[1] as { payload: unknown }).payload = null;
  expect(verifyChain(events)?.seq).toBe(2);
  const erased = stamp([fact("erased", { seq: 2, reason: "asked for by the person" })], id, headOf(events), 9, author);
  expect(verifyChain([...events, ...erased])).toBeUndefined();
});
