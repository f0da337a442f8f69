import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const bin = "/usr/lib/postgresql/15/bin";

export const hasPostgres = (): boolean => existsSync(join(bin, "postgres"));

export interface Postgres {
  /** the folder of its socket: it listens on no port */
  host: string;
  user: string;
  /** of the one database that there is at first */
  database: string;
  stop(): Promise<void>;
}

/** Debian's PostgreSQL with an empty data folder of its own. It runs as nobody who may do anything: as root it refuses to. */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-pg-"));
  const as = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, "data");
  const user = "postgres";
  execFileSync(
    join(bin, "initdb"),
    ["--pgdata", data, "--username", user, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
    { ...as, stdio: ["ignore", "ignore", "pipe"], cwd: folder },
  );
  // -F: what a power cut would lose is of no interest here
  const child = spawn(join(bin, "postgres"), ["-D", data, "-F", "-k", folder, "-c", "listen_addresses="], {
    ...as,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (bytes) => (log = (log + String(bytes)).slice(-4000)));
  child.on("error", (error) => (log += error.message));
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      // SIGINT: it ends its connections, and leaves no shared memory behind
      child.kill("SIGINT");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 150 && child.exitCode === null; i++) {
    if (log.includes("ready to accept connections")) return { host: folder, user, database: "postgres", stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`postgres did not become ready: ${log}`);
}

function idOf(which: "-u" | "-g"): number {
  return Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));
}
