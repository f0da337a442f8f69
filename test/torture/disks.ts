import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesInDoubt, liveChanges } from "../../src/timeline/changes.ts";
import { openConfigApi, type ConfigApi } from "./configApi.ts";
import { openPlace, projectOn, type Ended, type Going, type Place } from "./place.ts";
import { recordsOf } from "./record.ts";
import { openSmallDisk, type SmallDisk } from "./smallDisk.ts";
import type { Report, Torture, Violation } from "./torture.ts";

const route = "/routes/support.reply";
const original = '{"enabled": true, "max_tokens": 4096}';
export const clamp = (tokens: number) => [
  ..."mitigate token-clamp --scope route=support.reply --reason disk --yes --wait none --with".split(" "),
  `max_tokens=${tokens}`,
];
const page = 4096;

/** A place on a small disk of its own, with a config API, and another folder for what finds no room. */
export interface Corner {
  disk: SmallDisk;
  api: ConfigApi;
  place: Place;
  /** what TMPDIR says */
  spare: string;
  /** one change, of which `tokens` is wanted */
  apply(tokens?: number, going?: Going): Promise<Ended>;
  close(): Promise<void>;
}

/** `onWrite`: called when a mutating request has arrived, before it is applied. */
export async function openCorner(set: { options?: string; onWrite?: (disk: SmallDisk) => void } = {}): Promise<Corner> {
  const disk = openSmallDisk(set.options);
  const spare = mkdtempSync(join(tmpdir(), "llmops-spare-"));
  const api = await openConfigApi({
    documents: { [route]: original },
    witness: () => place.timeline(),
    script: ({ write }) => {
      if (write > 0) set.onWrite?.(disk);
      return undefined;
    },
  });
  const place = openPlace(projectOn(api.url), disk.folder);
  const apply = (tokens = 512, going: Going = {}) =>
    place.llmops(clamp(tokens), { ...going, env: { TMPDIR: spare, ...going.env } });
  return {
    disk,
    api,
    place,
    spare,
    apply,
    async close() {
      await api.close();
      disk.close();
      rmSync(spare, { recursive: true, force: true });
    },
  };
}

/** What a change may look like that met a disk without room, wherever that was; and that what it left is settled by reading. */
export async function wrongAfter(ended: Ended, { api, place, disk, spare }: Corner): Promise<string[]> {
  const [writes, said] = [api.writes(), ended.stderr];
  const wrong: string[] = [];
  if (writes.length > 1) wrong.push(`I10: ${writes.length} writes`);
  for (const { witnessed } of writes)
    if (!witnessed.includes('"type":"intended"')) wrong.push("I2: a write without an intent on the disk");
  if (writes.length === 0 && ended.code === 0) wrong.push("I7: nothing was written, and it ended with 0");
  if (writes.length === 0 && !/production changed:\s+no/.test(said))
    wrong.push(`I8: nothing was written, said: ${said}`);
  const whole = recordsOf(place).incidents.flatMap(liveChanges).length === 1;
  if (writes.length === 1 && !whole) wrong.push(...wrongRescue(ended, [place.folder, spare]));
  if (/This is a bug|A defect of this program/.test(said)) wrong.push(`I7: a bug shows: ${said}`);

  disk.empty();
  const settled = await place.llmops(["watch", "--once"], { timeoutMs: 120_000 });
  if (settled.code !== 0) wrong.push(`I3: watch --once ended with ${settled.code}: ${settled.stderr}`);
  const { incidents, wrong: broken } = recordsOf(place);
  wrong.push(...broken);
  if (incidents.some((one) => changesInDoubt(one).length > 0)) wrong.push("I3: still in doubt");
  const [live, applied] = [incidents.flatMap(liveChanges).length, api.documents.get(route) !== original];
  if (live !== (applied ? 1 : 0)) wrong.push(`I1: ${live} live on the timeline, applied: ${applied}`);
  if (api.writes().length !== writes.length) wrong.push("I3: it was sent again");
  return wrong;
}

/** Applied, or perhaps applied, and not recorded: exit 6, one line of JSON on stderr, and the same line in a file. */
export function wrongRescue({ code, stderr }: Ended, folders: readonly string[]): string[] {
  const wrong = code === 6 ? [] : [`I7: not recorded, and ended with ${code}: ${stderr}`];
  const line = stderr.split("\n").find((text) => text.startsWith('{"incident":'));
  if (line === undefined) return [...wrong, `I8: there is no record on stderr: ${stderr}`];
  const { facts } = JSON.parse(line) as { facts: { type: string }[] };
  if (facts.at(-1)?.type !== "read-back") wrong.push(`I8: the record ends with ${facts.at(-1)?.type}`);
  if (!stderr.includes("NOT RECORDED")) wrong.push("I8: it does not say that it is not recorded");
  const [file] = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith("llmops-unrecorded-"))
      .flatMap((name) => readdirSync(join(folder, name)).map((inside) => join(folder, name, inside))),
  );
  if (file === undefined) return [...wrong, "B02: there is no file with the record"];
  if (readFileSync(file, "utf8") !== `${line}\n`) wrong.push("B02: the file holds something else");
  if ((statSync(file).mode & 0o777) !== 0o600) wrong.push("I11: others may read the file");
  if (!stderr.replaceAll(/\s+/g, "").includes(file)) wrong.push(`I8: ${file} is not named: ${stderr}`);
  return wrong;
}

/** Room for so many pages, and an incident's record that ends so many bytes before the end of a page. */
async function fullAt(pages: number, slack: number, when: "before" | "at-write"): Promise<string[]> {
  const fill = (disk: SmallDisk) => disk.fill(pages * page);
  const corner = await openCorner(when === "at-write" ? { onWrite: fill } : {});
  try {
    if (slack > 0) {
      // something that moves where the next record meets the end of a page
      await corner.place.llmops([
        "mitigate",
        "kill-switch",
        "--scope",
        "route=nowhere",
        "--reason",
        "x".repeat(slack),
        "--yes",
      ]);
    }
    if (when === "before") fill(corner.disk);
    return await wrongAfter(await corner.apply(), corner);
  } finally {
    await corner.close();
  }
}

/** The n-th fsync of the program fails. */
async function failingSync(n: number): Promise<string[]> {
  const corner = await openCorner({ options: "size=1m" });
  try {
    const inject = `inject=fsync:error=EIO:when=${n}`;
    const under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", inject];
    return await wrongAfter(await corner.apply(512, { under, env: { UV_THREADPOOL_SIZE: "1" } }), corner);
  } finally {
    await corner.close();
  }
}

export const disks: Torture = {
  name: "disks",
  needs: ["mount", "strace"],
  async run({ extent, point, progress }): Promise<Report> {
    const violations: Violation[] = [];
    const some = extent === "some";
    const points = [
      ...(some ? [0, 1, 3] : up(0, 12)).flatMap((pages) =>
        (some ? [0] : [0, 700, 1500, 2300]).flatMap((slack) => [
          `before:${pages}:${slack}`,
          `at-write:${pages}:${slack}`,
        ]),
      ),
      ...(some ? [1, 3, 5] : up(1, 20)).map((n) => `fsync:${n}`),
    ];
    const asked = point === undefined ? points : [point];
    for (const [i, name] of asked.entries()) {
      const [kind = "", first = "", second = ""] = name.split(":");
      const wrong =
        kind === "fsync"
          ? await failingSync(Number(first))
          : await fullAt(Number(first), Number(second), kind as "before");
      violations.push(...wrong.map((what) => ({ what, point: name })));
      if (i % 20 === 19) progress?.(`${i + 1} of ${asked.length}`);
    }
    return { points: asked.length, violations };
  },
};

function up(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
