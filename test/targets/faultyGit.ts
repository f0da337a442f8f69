import { once } from "node:events";
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Fault } from "./faultyProxy.ts";
import { countTurns, type Turns } from "./faultyTurns.ts";
import type { Remote } from "./gitRemote.ts";

/**
 * What git runs at the other end of its wire, instead of the program that answers there. It asks on this port what becomes of
 * it, lets the program say what it has, and from the first word of the client on does as it is told.
 */
const program = (port: number) => `#!${process.execPath}
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
const [service, bare] = process.argv.slice(2);
const wire = connect(${port}, "127.0.0.1");
wire.write(service);
const { at = bare, early, late, stopped } = JSON.parse(await text(wire));
const say = ({ out = "", err = "" }) => {
  process.stdout.write(out);
  process.stderr.write(err);
};
if (early !== undefined) {
  say(early);
  process.exit(128);
}
const child = spawn("git", [service, at], { stdio: ["pipe", "pipe", "inherit"] });
let asked = false;
process.stdin.on("data", (bytes) => {
  asked = true;
  if (stopped) child.kill("SIGKILL");
  else child.stdin.write(bytes);
});
process.stdin.on("end", () => child.stdin.end());
child.stdin.on("error", () => {});
child.stdout.on("data", (bytes) => asked && late !== undefined || process.stdout.write(bytes));
child.on("close", (code) => {
  if (asked && late !== undefined) say(late);
  process.exitCode = asked && late !== undefined ? 128 : code;
  process.stdin.destroy();
});
`;

interface Said {
  out?: string;
  err?: string;
}
/** What the program is told. */
interface Told {
  /** another repository than it was started for */
  at?: string;
  /** said before anything else, and it ends */
  early?: Said;
  /** said instead of what the server answers to what it was sent, and it ends */
  late?: Said;
  /** what it was sent reaches nobody */
  stopped?: true;
}

/** Stands between a clone and its remote, and fails as scripted. The write is a push, and a read is any other talk. */
export async function openFaultyRemote(
  { folder, bare, ours, run }: Remote,
  script: Turns,
): Promise<{ writes(): number; close(): Promise<void> }> {
  const turns = countTurns(script);
  const copy = () => {
    const at = mkdtempSync(join(folder, "copy-"));
    cpSync(bare, at, { recursive: true });
    return at;
  };
  const old = copy();
  const server = createServer((wire) => {
    const told = async () => {
      const [service] = (await once(wire, "data")) as [Buffer];
      const kind = String(service) === "receive-pack" ? "write" : "read";
      wire.end(JSON.stringify(tell(await turns.next(kind), kind === "read" ? () => old : copy)));
    };
    told().catch(() => wire.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const file = join(folder, "wire.mjs");
  writeFileSync(file, program((server.address() as AddressInfo).port));
  chmodSync(file, 0o755);
  for (const service of ["receive-pack", "upload-pack"])
    run(ours, "config", `remote.origin.${service.replace("-", "")}`, `${file} ${service}`);
  return {
    writes: turns.writes,
    close: () => new Promise((done) => void server.close(() => done())),
  };
}

/** A fault of HTTP as git would meet it. `other`: a repository that answers as this one would, and is not it. */
function tell({ forward, answer }: Fault, other: () => string): Told {
  const stopped = forward === false ? { stopped: true as const } : {};
  if (answer === undefined) return {};
  if (answer === "old") return { at: other() };
  if (answer === "cut") return { late: {}, ...stopped };
  if (answer.status === 403) return { early: { err: `fatal: Permission denied: ${answer.body}\n` } };
  if (answer.status === 200 && answer.body === "") return { at: other() };
  return { late: answer.status < 400 ? { out: answer.body } : { err: `fatal: ${answer.body}\n` }, ...stopped };
}
