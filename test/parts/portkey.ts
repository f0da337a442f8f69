import { existsSync } from "node:fs";
import { join } from "node:path";
import { startDaemon, type Daemon } from "./daemon.ts";

const program = join(import.meta.dirname, "node_modules/@portkey-ai/gateway/build/start-server.js");

export const hasPortkey = (): boolean => existsSync(program);

/** It has no option for the address it listens at, and would take them all. */
const onlyLoopback = `data:text/javascript,${encodeURIComponent(`
  import net from "node:net";
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (port, host, ...more) {
    return listen.call(this, port, "127.0.0.1", ...(typeof host === "function" ? [host] : more));
  };
`)}`;

/** The open source gateway of Portkey: where a call goes is said by a header of the call. */
export function startPortkey(): Promise<Daemon> {
  return startDaemon(
    "node",
    ({ ports: [port] }) => ({
      url: `http://127.0.0.1:${port}`,
      argv: ["--import", onlyLoopback, program, `--port=${port}`, "--headless"],
      env: { NODE_ENV: "production" },
    }),
    async (url) => (await fetch(url)).ok,
    30,
  );
}
