import { appendFileSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { faketime } from "./clock.ts";
import { openConfigApi, type Behaviour, type ConfigApi, type Exchange } from "./configApi.ts";
import { intentsIn } from "./intents.ts";
import { runIn, violationsBy, type Scene } from "./invariants.ts";
import { later } from "./later.ts";
import { openPlace, projectOn, type Ended, type Place, type Running } from "./place.ts";
import { askIn, notRestored } from "./told.ts";

const path = "/routes/support.reply";
const document = '{"max_tokens": 4096, "model": "big", "seed": 12345678901234567890}';
const route = ["--scope", "route=support.reply", "--reason", "too long", "--yes"];
const clamp = ["mitigate", "token-clamp", ...route, "--wait", "none"];
const noFaketime = process.env["CI"] === undefined && faketime === undefined;

let [api, metrics] = [undefined as ConfigApi | undefined, undefined as Server | undefined];
let [place, victim] = [undefined as Place | undefined, undefined as Running | undefined];
afterEach(async () => {
  await api?.close();
  metrics?.closeAllConnections();
  metrics?.close();
  place?.remove();
  [api, metrics, place, victim] = [undefined, undefined, undefined, undefined];
});

/** A scene whose config API may do something else than answer, and may end the process that asks. */
async function open(script: (exchange: Exchange) => Behaviour | undefined, more = ""): Promise<Scene> {
  api = await openConfigApi({ documents: { [path]: document }, script, witness: () => place!.timeline() });
  // a short window: what was written is looked at every twentieth of it
  place = openPlace(projectOn(api.url, more).replace("defaults: {", "defaults: { window: 1s,"));
  return { place, api, original: new Map([[path, document]]), outputs: ["report.md", "runbooks", "answers"] };
}

/** Runs a command that `script` ends with `victim.child.kill`. */
function run(argv: readonly string[]): Promise<Ended> {
  victim = place!.start(argv);
  return victim.ended;
}

function states(): string[] {
  return intentsIn(place!.timeline()).map(({ id, state }) => `${id} ${state}`);
}

/** Asks what is known, with every invariant held against it. */
async function ask(scene: Scene, going = {}): Promise<string[]> {
  const { told, violations } = await askIn(scene, going, true);
  expect(violations).toEqual([]);
  return told.carried.map(({ id, state }) => `${id} ${state}`);
}

async function works(scene: Scene, argv: readonly string[], going = {}): Promise<Ended> {
  const ran = await runIn(scene, argv, going);
  expect([ran.ended.code, ran.ended.stderr, ...violationsBy(ran, scene)]).toEqual([0, ran.ended.stderr]);
  return ran.ended;
}

it.skipIf(noFaketime)(
  "A02: killed between the durable intent and the request, it is in doubt until the live value was read",
  async () => {
    // the second read is the one directly before the write
    const scene = await open(({ n }) => (n === 2 ? (victim!.child.kill("SIGKILL"), { hang: true }) : undefined));
    expect(await run(clamp)).toMatchObject({ signal: "SIGKILL" });
    expect(api!.writes()).toEqual([]);
    expect(await ask(scene)).toEqual(["m1 in-doubt"]);
    expect(states()).toEqual(["m1 in-doubt"]);

    const reads = api!.journal.length;
    await works(scene, ["watch", "--once"], later);
    expect(states()).toEqual(["m1 not-applied"]);
    expect(api!.journal.slice(reads).map(({ method }) => method)).toEqual(["GET"]);
    expect(await ask(scene, later)).toEqual([]);
    expect(api!.documents.get(path)).toBe(document);
  },
);

it("A03: killed while the write is answered late, it is settled by reading and never sent again", async () => {
  const scene = await open(({ write }) =>
    write === 1 ? (setTimeout(() => victim!.child.kill("SIGKILL"), 200), { delayAfter: 1000 }) : undefined,
  );
  expect(await run(clamp)).toMatchObject({ signal: "SIGKILL" });
  expect(api!.documents.get(path)).toContain('"max_tokens": 512');
  expect(await ask(scene)).toEqual(["m1 in-doubt"]);

  const { stderr } = await works(scene, clamp);
  expect(stderr).toContain("Already so");
  expect(states()).toEqual(["m1 applied"]);
  expect(place!.timeline()).toMatch(/"type":"settled","payload":\{"change":"m1","as":"applied"/);
  expect(api!.writes()).toHaveLength(1);
  expect(await ask(scene)).toEqual(["m1 applied"]);
});

it("A04: killed before the proof is read, it is live and unproven, and nothing says verified", async () => {
  const scene = await open(
    () => undefined,
    `stack: seed\nsources: { metrics: { prometheus: { url: "${await deafMetrics()}" } } }\n`,
  );
  expect(await run(["mitigate", "token-clamp", ...route, "--wait", "effect"])).toMatchObject({ signal: "SIGKILL" });
  expect(await ask(scene)).toEqual(["m1 applied"]);
  const [incident] = place!.incidents();
  const shown = (await works(scene, ["mitigation", "show", "m1", "--incident", incident!])).stdout;
  expect(shown).toContain("read back; effect not looked at");
  await works(scene, ["postmortem", incident!, "-o", "report.md"]);
  const report = readFileSync(join(place!.folder, "report.md"), "utf8");
  expect(report).toMatch(/whether it took effect was not looked at/);
  expect(report).toMatch(/verification was not performed/);
  expect(report).toContain("| not looked at | not verified |");
  expect(shown + report).not.toMatch(/(?<!not )verified|✓/i);
});

/** Prometheus that ends the process once it asks for a proof, which is after the write. */
async function deafMetrics(): Promise<string> {
  metrics = createServer((request, response) => {
    if (api!.writes().length > 0) return void victim!.child.kill("SIGKILL");
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
  });
  await new Promise<void>((resolve) => metrics!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(metrics.address() as AddressInfo).port}`;
}

const runbook = `
id: spill
title: Tokens spill
class: cost
severity: SEV2
summary: Replies are far longer than they should be.
steps:
  - { id: clamp, title: Clamp them, mitigate: { do: token-clamp, for: 30m } }
  - { id: switch, title: A cheaper model, mitigate: { do: model-switch, for: 30m } }
  - { id: home, title: Back to normal, undo: [clamp, switch] }
`;

it.skipIf(noFaketime)(
  "A06: killed between two restores, the next walk restores the other one and leaves the first alone",
  async () => {
    // writes: clamp, switch, undo of switch, undo of clamp
    const scene = await open(
      ({ write }) => (write === 4 ? (victim!.child.kill("SIGKILL"), { apply: false, hang: true }) : undefined),
      "runbooks: runbooks\n",
    );
    mkdirSync(join(place!.folder, "runbooks"));
    writeFileSync(join(place!.folder, "runbooks", "spill.yaml"), runbook);
    writeFileSync(join(place!.folder, "answers"), "clamp: apply\nswitch: apply\nhome: apply\n");
    const start = ["incident", "start", "spill", "--scope", "route=support.reply", "--answers", "answers"];
    expect(await run(start)).toMatchObject({ signal: "SIGKILL" });
    expect(await ask(scene)).toEqual(["m4 in-doubt", "m1 applied"]);
    expect(api!.documents.get(path)).toBe(document.replace("4096", "512"));

    await works(scene, ["incident", "resume", "--answers", "answers"], later);
    expect(states()).toEqual(["m1 applied", "m2 applied", "m3 applied", "m4 not-applied", "m5 applied"]);
    expect(api!.writes()).toHaveLength(5);
    expect(api!.documents.get(path)).toBe(document);
    expect(await ask(scene, later)).toEqual([]);
    expect(notRestored(scene)).toEqual([]);
  },
);

it("A11: hung up while it writes, the outcome is on the timeline or the change is in doubt", async () => {
  const scene = await open(({ write }) =>
    write === 1 ? (victim!.child.kill("SIGHUP"), { delayAfter: 500 }) : undefined,
  );
  const ended = await run(clamp);
  expect([0, 6, 129]).toContain(ended.code);
  const [change] = await ask(scene);
  expect(["m1 applied", "m1 in-doubt"]).toContain(change);
  expect(api!.writes()).toHaveLength(1);
  await works(scene, clamp);
  expect(await ask(scene)).toEqual(["m1 applied"]);
  expect(api!.writes()).toHaveLength(1);
});

it("A07: killed while a new timeline still has its temporary name, too, the incident goes on", async () => {
  const scene = await open(() => undefined);
  await works(scene, clamp);
  const [incident] = place!.incidents();
  const folder = join(place!.timelines, incident!);
  linkSync(join(folder, "timeline.jsonl"), join(folder, ".timeline.jsonl.abcdefghij.tmp"));
  await works(scene, ["mitigation", "undo", "m1", "--incident", incident!, "--reason", "over", "--yes"]);
  expect(readdirSync(folder)).toEqual(["timeline.jsonl"]);
  expect(notRestored(scene)).toEqual([]);
});

it("C01: a torn line is never set aside without a record that names it", async () => {
  const scene = await open(() => undefined);
  await works(scene, clamp);
  const [incident] = place!.incidents();
  appendFileSync(join(place!.timelines, incident!, "timeline.jsonl"), '{"v":1,"incident":"CHG-');
  const undo = ["mitigation", "undo", "m1", "--incident", incident!, "--reason", "over", "--yes"];
  await works(scene, undo);
  expect(place!.timeline()).toMatch(/"type":"torn","payload":\{"file":"timeline\.jsonl\.torn-\w+","bytes":23\}/);
  expect(notRestored(scene)).toEqual([]);
});
