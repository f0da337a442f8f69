import { isDeepStrictEqual } from "node:util";
import { changesInDoubt, changesOn, liveChanges } from "../../src/timeline/changes.ts";
import type { Change } from "../../src/timeline/setting.ts";
import { runTogether } from "./barrier.ts";
import { openConfigApi, type ConfigApi } from "./configApi.ts";
import type { Ended, Place, Running } from "./place.ts";
import { openRaceTrack, route } from "./raceIncident.ts";
import type { Size } from "./races.ts";
import { recordsOf } from "./record.ts";

export const original = '{"enabled": true, "model": "large", "max_tokens": 4096, "big": 12345678901234567890}';

/**
 * Many people turn the levers of one document at once, in one incident and in several, with undos in between and with
 * deaths. When what is in doubt is settled, the levers hold what the timelines say; when all is undone, every byte is back.
 */
export async function raceOnLever(random: () => number, { most, kills }: Size, etag: boolean): Promise<string[]> {
  const delay = () => Math.floor(random() * 60);
  const api = await openConfigApi({
    documents: { [route]: original },
    etag,
    script: ({ write }) => (write > 0 ? { delayBefore: delay(), delayAfter: delay() } : { delayAfter: delay() }),
    witness: () => place.timeline(),
  });
  const { place, incident } = await openRaceTrack(api.url);
  const wrong: string[] = [];
  try {
    let cap = 100;
    const wave = async (undos: string[][]) => {
      const doings = Array.from({ length: Math.max(2, Math.ceil(random() * most)) }, () =>
        turn(cap++, incident, random),
      );
      const commands = [...doings, ...undos];
      const ended = await runTogether(place, commands, (running) => {
        if (kills) killSome(running, random);
      });
      wrong.push(...ended.flatMap((end, i) => wrongEnd(end, commands[i]!, api)));
    };
    await wave([]);
    await wave(
      live(place)
        .filter(() => random() < 0.5)
        .map((change) => undo(change)),
    );
    wrong.push(...(await settle(place)));
    wrong.push(...wrongWrites(api), ...wrongLevers(place, api), ...recordsOf(place).wrong);
    wrong.push(...(await undoAll(place, random)));
    if (api.documents.get(route) !== original) wrong.push(`I12: after all undos it is ${api.documents.get(route)}`);
    wrong.push(...wrongWrites(api), ...recordsOf(place).wrong);
    return wrong;
  } finally {
    place.remove();
    await api.close();
  }
}

/** One turn of one lever of the document, to a value that nobody else chooses where there is more than one. */
function turn(cap: number, incident: string, random: () => number): string[] {
  const kind = random();
  const what =
    kind < 0.7
      ? ["token-clamp", "--with", `max_tokens=${cap}`]
      : kind < 0.85
        ? ["model-switch", "--with", `model=model-${cap}`]
        : ["kill-switch"];
  const where = random() < 0.5 ? ["--incident", incident] : [];
  return [
    "mitigate",
    ...what,
    "--scope",
    "route=support.reply",
    "--reason",
    "race",
    "--yes",
    "--wait",
    "none",
    ...where,
  ];
}

interface Live {
  incident: string;
  id: string;
}

export function live(place: Place): Live[] {
  return recordsOf(place).incidents.flatMap((one) =>
    liveChanges(one).map(({ change: { id } }) => ({ incident: one.id, id })),
  );
}

export function undo({ incident, id }: Live): string[] {
  return ["mitigation", "undo", id, "--incident", incident, "--yes", "--reason", "race"];
}

function killSome(running: Running[], random: () => number): void {
  for (const { child } of running)
    if (random() < 0.4) {
      const timer = setTimeout(() => child.kill("SIGKILL"), 150 + random() * 700);
      child.on("exit", () => clearTimeout(timer));
    }
}

/** 0: its write is in the journal · 5: somebody was first · 2: it was undone by somebody else · 6: says that it does not know */
function wrongEnd({ code, signal, stderr, stdout }: Ended, argv: readonly string[], api: ConfigApi): string[] {
  const said = `${argv.slice(0, 4).join(" ")} ended with ${code}`;
  if (signal === "SIGKILL") return [];
  if (![0, 2, 3, 5, 6].includes(code ?? -1)) return [`I7: ${said}: ${stderr}${stdout}`];
  if (code !== 0)
    return stderr.includes("production changed:") ? [] : [`I8: ${said} and does not say whether production changed`];
  const value = /^(?:max_tokens|model)=(.*)$/.exec(argv[3] ?? "")?.[1];
  // a clamp never raises: somebody was there with a smaller one
  if (argv[0] !== "mitigate" || value === undefined || stderr.includes("Already so")) return [];
  const applied = api.writes().some(({ before, after }) => before !== after && after?.includes(value));
  return applied ? [] : [`I1: ${said} and nothing was applied`];
}

/** `watch --once` until nothing is in doubt; three times is more than enough. */
export async function settle(place: Place): Promise<string[]> {
  let last: Ended | undefined;
  for (let n = 0; n < 3; n++) {
    last = await place.llmops(["watch", "--once"], { timeoutMs: 240_000 });
    if (last.code === 0 && recordsOf(place).incidents.every((one) => changesInDoubt(one).length === 0)) return [];
  }
  return [`I3: after three times watch --once there is still doubt: ${last?.code} ${last?.stderr}`];
}

/** Each write had its intent on the disk when it arrived, and no intent was written twice. */
export function wrongWrites(api: ConfigApi): string[] {
  const wrong: string[] = [];
  const written = new Map<string, number>();
  for (const { body, witnessed, n, before } of api.writes()) {
    const changed = keyChanged(before, body);
    if (changed === undefined) continue;
    const nth = (written.get(changed) ?? 0) + 1;
    written.set(changed, nth);
    const intents = witnessed
      .split("\n")
      .filter((line) => line.includes('"type":"intended"'))
      .map((line) => (JSON.parse(line) as { payload: { change: Change } }).payload.change)
      .filter(({ setting, after }) => "is" in after && `${setting}=${JSON.stringify(after.is)}` === changed);
    if (intents.length < nth)
      wrong.push(`I2/I10: write ${n} (${changed}) is number ${nth}, and ${intents.length} were intended`);
  }
  return wrong;
}

/** "max_tokens=512": what a whole document that is sent changes in the one that stands there. */
function keyChanged(before: string | undefined, body: string): string | undefined {
  const [old, now] = [before ?? "{}", body].map((text) => JSON.parse(text) as Record<string, unknown>);
  const key = Object.keys(now!).find((name) => !isDeepStrictEqual(old![name], now![name]));
  return key === undefined ? undefined : `${key}=${JSON.stringify(now![key])}`;
}

/** Each lever holds what the change that lies on top of it says, or what was there before everybody. */
export function wrongLevers(place: Place, api: ConfigApi): string[] {
  const { incidents } = recordsOf(place);
  const now = JSON.parse(api.documents.get(route)!) as Record<string, unknown>;
  const first = JSON.parse(original) as Record<string, unknown>;
  return (["enabled", "model", "max_tokens"] as const).flatMap((setting) => {
    const lever = { target: "gateway", setting, scope: { route: "support.reply" } };
    const top = changesOn(lever, incidents).findLast(({ tracked }) => tracked.state === "applied");
    const after = top?.tracked.change.after;
    const wanted = after === undefined ? first[setting] : "is" in after ? after.is : undefined;
    if (isDeepStrictEqual(now[setting], wanted)) return [];
    return [`I1: ${setting} is ${JSON.stringify(now[setting])}, and the timelines say ${JSON.stringify(wanted)}`];
  });
}

/** Takes everything back, in any order. */
export async function undoAll(place: Place, random: () => number): Promise<string[]> {
  for (let n = 0; n < 200; n++) {
    const left = live(place);
    if (left.length === 0) return [];
    const one = left[Math.floor(random() * left.length)]!;
    const { code, stderr } = await place.llmops(undo(one));
    if (code !== 0) return [`I12: ${undo(one).join(" ")} ended with ${code}: ${stderr}`];
  }
  return ["I12: the undos do not come to an end"];
}
