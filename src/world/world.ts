import type { Secrets } from "../redact/known.ts";
import type { Clock } from "./clock.ts";
import type { Exec } from "./exec.ts";
import type { Files } from "./files.ts";
import type { Http } from "./http.ts";
import type { Random } from "./random.ts";
import type { Redis } from "./redis.ts";
import type { Listen } from "./server.ts";
import type { Terminal } from "./terminal.ts";

/** Everything outside the program. One value, handed in; nothing else reaches the outside. */
export interface World {
  clock: Clock;
  terminal: Terminal;
  http: Http;
  listen: Listen;
  files: Files;
  exec: Exec;
  redis: Redis;
  random: Random;
  /** what must not leave: the terminal and the timeline hide it */
  secrets: Secrets;
  /** the whole of stdin, at most 16 MiB; for `--alert -` */
  input(): Promise<string>;
  /** environment variables, read once */
  env: Readonly<Record<string, string | undefined>>;
  /** absolute working directory */
  cwd: string;
  /** absolute folder of the package: holds `runbooks/` and `templates/` */
  home: string;
  /** who is at the keyboard and on which machine, as recorded on the timeline */
  user: string;
  host: string;
  pid: number;
  /** what is done when a command has said all that it says; how it ends is nobody's concern */
  afterwards: (() => Promise<void>)[];
  /** fires on Ctrl-C (outside a prompt), SIGTERM and SIGHUP; its reason is an `Interrupted` */
  interrupted: AbortSignal;
}
