import { changesInDoubt } from "../../src/timeline/changes.ts";
import { openOn, wrongCount, wrongLevers } from "./drill.ts";
import { grounds, type Ground } from "./drillGrounds.ts";
import { fakeGrounds } from "./fakeGrounds.ts";
import { later } from "./later.ts";
import { undoAll } from "./raceLever.ts";
import { recordsOf } from "./record.ts";
import { countCalls, faultAt, type Call } from "./strace.ts";
import { mixed, seeded, type Extent, type Report, type Setting, type Torture, type Violation } from "./torture.ts";

const most: Record<Extent, number> = { some: 2, round: 12, all: Infinity };

const clamp = "mitigate token-clamp --scope route=support.reply --with max_tokens=512 --reason kill --yes --wait none";

/**
 * On every kind of target that can be run or replayed: the program is killed at each of its calls from the intent to the
 * outcome. What is in doubt is then settled by reading, the lever holds what the timeline says, nothing is applied twice,
 * and the undo restores every byte.
 */
export const kills: Torture = {
  name: "kills",
  needs: ["strace", "faketime", "etcd", "redis-server", "caddy", "git", "kubectl"],
  async run({ seed, extent, point: only, progress }: Setting): Promise<Report> {
    const random = seeded(seed);
    const report: Report = { points: 0, violations: [] };
    for (const [name, open] of Object.entries({ ...grounds, ...fakeGrounds })) {
      if (only !== undefined && !only.startsWith(`${name}:`)) continue;
      const ground = await open();
      try {
        const points = await pointsOn(ground, report.violations);
        const asked = points.filter(({ id }) => only === undefined || only === `${name}:${id}`);
        for (const call of mixed(asked, random, most[extent])) {
          report.points++;
          for (const what of await killAt(call, ground)) report.violations.push({ what, point: `${name}:${call.id}` });
        }
        progress?.(`${name}: ${points.length} calls from the intent on`);
      } finally {
        await ground.close();
      }
    }
    return report;
  },
};

/** Every call from the intent on, as the untouched command makes it. */
async function pointsOn(ground: Ground, violations: Violation[]): Promise<Call[]> {
  const open = async () => ({ place: openOn([ground]), argv: argvOn(ground) });
  const { calls, ended } = await countCalls(open, Object.keys(ground.files ?? {}));
  if (ended.code !== 0)
    violations.push({ what: `untouched it ends with ${ended.code}: ${ended.stderr}`, point: ground.name });
  await putBack(ground);
  const intent = calls.findIndex(({ text }) => text.includes('\\"type\\":\\"intended\\"'));
  const onWire = calls.filter(({ path, text }) => path === undefined && !/^write\([12]</.test(text));
  return [...calls.slice(intent).filter(({ path }) => path !== undefined), ...onWire];
}

const argvOn = ({ name }: Ground): string[] => [...clamp.split(" "), "--target", name];

/** Counting changes it, and its record is gone: by hand, as anybody would. */
async function putBack(ground: Ground): Promise<void> {
  await ground.set?.("max_tokens", "support.reply", 4096);
}

async function killAt(call: Call, ground: Ground): Promise<string[]> {
  const place = openOn([ground]);
  try {
    const [before, counted] = [await ground.bytes(place.folder), (await ground.changes()) ?? 0];
    await place.llmops(argvOn(ground), faultAt(call, "KILL", place));
    const settled = await place.llmops(["watch", "--once"], later);
    const wrong = [...recordsOf(place).wrong, ...(await wrongLevers(ground, place))];
    if (settled.code !== 0) wrong.push(`watch --once ended with ${settled.code}: ${settled.stderr}`);
    if (recordsOf(place).incidents.some((one) => changesInDoubt(one).length > 0))
      wrong.push("I3: it is still in doubt");
    wrong.push(...(await undoAll(place, () => 0)), ...(await wrongCount(ground, place, counted)));
    const after = await ground.bytes(place.folder);
    if (after !== before) wrong.push(`I12: ${ground.name} holds ${after} instead of ${before}`);
    if (wrong.length > 0) await putBack(ground);
    return wrong;
  } finally {
    place.remove();
  }
}
