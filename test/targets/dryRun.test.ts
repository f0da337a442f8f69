import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isMissing } from "../parts/daemon.ts";
import { openOn } from "../torture/drill.ts";
import { grounds, type Ground } from "../torture/drillGrounds.ts";
import { fakeGrounds } from "../torture/fakeGrounds.ts";
import type { Place } from "../torture/place.ts";

const missing = isMissing("strace", "etcd", "redis-server", "caddy", "git", "kubectl");
const clamp = "mitigate token-clamp --scope route=support.reply --with max_tokens=512 --reason look".split(" ");

/** What left the program and the programs that it started, as far as it changes something somewhere. */
function writesIn(log: string): string[] {
  const http = [...log.matchAll(/"(POST|PUT|PATCH|DELETE) (\S+) HTTP/g)].map(([, method, path]) => `${method} ${path}`);
  const redis = [...log.matchAll(/\\r\\n(set|del|unlink|hset|hdel|sadd|srem|exec|eval)\\r\\n/gi)].map(
    ([, word]) => word!,
  );
  const git = [...log.matchAll(/execve\("[^"]*"(.*?)\]/g)].filter(([, argv]) => /receive-pack|"push"/.test(argv!));
  // etcd is read with POST
  const reads = /^POST \/v3\/(kv\/range|auth\/authenticate)$/;
  return [...http.filter((request) => !reads.test(request)), ...redis, ...git.map(([line]) => line)];
}

describe.skipIf(missing)("F28: --dry-run on real config APIs (strace, etcd, redis-server, caddy, git, kubectl)", () => {
  describe.each(Object.entries({ ...grounds, ...fakeGrounds }))("%s", (name, open) => {
    let ground: Ground;
    let place: Place;
    beforeAll(async () => {
      ground = await open();
      place = openOn([ground]);
    }, 60_000);
    afterAll(async () => {
      place?.remove();
      await ground?.close();
    });

    const traced = async (...more: string[]) => {
      const log = join(place.folder, "..", `${place.folder.split("/").at(-1)}.log`);
      const what = "trace=write,writev,sendto,sendmsg,execve";
      const under = ["strace", "-f", "-qq", "-s", "600", "-o", log, "-e", what];
      const ended = await place.llmops([...clamp, "--target", name, ...more], { under });
      return { ...ended, writes: writesIn(readFileSync(log, "utf8")) };
    };

    it("shows the plan, sends nothing but reads, and leaves no file behind", async () => {
      const before = [await ground.bytes(place.folder), await ground.changes()];
      const files = readdirSync(place.folder);
      const { code, stderr, writes } = await traced("--dry-run");
      expect([code, writes]).toEqual([0, []]);
      expect(stderr).toContain("Dry run: the plan was only shown.");
      expect(stderr).toContain("+ max_tokens  512");
      expect([await ground.bytes(place.folder), await ground.changes()]).toEqual(before);
      // kubectl keeps what it discovered in a folder of its own
      expect(readdirSync(place.folder).filter((file) => file !== ".kube")).toEqual(files);
    }, 60_000);

    it("and without it the write is seen to leave, so that it would have been", async () => {
      const { code, writes } = await traced("--yes", "--wait", "none");
      expect(code).toBe(0);
      if (name !== "file") expect(writes.length).toBeGreaterThan(0);
    }, 60_000);
  });
});
