import { openSecrets } from "../redact/known.ts";
import type { Terminal } from "../world/terminal.ts";
import type { World } from "../world/world.ts";
import { virtualClock } from "./clock.ts";

/** A world without an outside. Who reaches for it all the same is wrong, and the rehearsal says so. */
export function rehearsalWorld(exec: World["exec"], interrupted: AbortSignal, wrong: (why: string) => void): World {
  const refuse = (what: string) => (): never => {
    const why = `a rehearsal has no ${what}`;
    wrong(why);
    throw new Error(why);
  };
  const noFiles = new Proxy({}, { get: () => refuse("files") }) as World["files"];
  let ids = 0;
  return {
    clock: virtualClock(),
    terminal: silent(refuse("keyboard")),
    http: refuse("network"),
    listen: refuse("network"),
    redis: refuse("network"),
    files: noFiles,
    exec,
    random: { id: (length) => String(ids++).padStart(length, "0").slice(-length), fraction: () => 0.5 },
    secrets: openSecrets(),
    input: refuse("stdin"),
    env: {},
    cwd: "/rehearsal",
    home: "/rehearsal",
    user: "rehearsal",
    host: "rehearsal",
    pid: 0,
    afterwards: [],
    interrupted,
  };
}

function silent(refuse: () => never): Terminal {
  return {
    people: () => {},
    programs: () => {},
    interactive: false,
    columns: 80,
    rows: 24,
    unicode: true,
    style: (_, text) => text,
    styleOut: (_, text) => text,
    menu: refuse,
    line: refuse,
    during: (_, work) => work,
    waiting: (_, work) => work,
    pause: refuse,
  };
}
