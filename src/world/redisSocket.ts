import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { readCa } from "./httpAuthority.ts";
import { connectMs, TooLarge } from "./httpFailure.ts";
import { NoTls } from "./redisFailure.ts";

/** A connection that is there, and speaks TLS where it is to. */
export async function connectSocket(url: URL, ca: string | undefined, signal: AbortSignal): Promise<Socket> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const at = { host, port: Number(url.port), noDelay: true };
  const secure = url.protocol === "rediss:";
  const trusted = ca === undefined ? {} : { ca: await readCa(ca) };
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = secure ? connectTls({ ...at, ...trusted, ...name, rejectUnauthorized: true }) : connectTcp(at);
  const late = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
  let connected = false;
  socket.once("connect", () => (connected = true));
  try {
    await once(socket, secure ? "secureConnect" : "connect", { signal: late });
    return socket;
  } catch (thrown) {
    // a socket that is given up may still fail: nobody asks any more
    socket.on("error", () => {}).destroy();
    if (late.aborted && connected) throw new NoTls();
    if (late.aborted && !signal.aborted) throw Object.assign(new Error("late"), { code: "ETIMEDOUT" });
    throw thrown;
  }
}

/** Rejects once, with why nothing more comes from this socket. */
export function endOf(socket: Socket, over: AbortSignal, maxBytes: number): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    let left = maxBytes;
    const end = (why: unknown) => {
      reject(why);
      socket.destroy();
    };
    socket.on("data", (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left < 0) end(new TooLarge());
    });
    socket.on("error", end);
    socket.on("close", () => end(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    over.addEventListener("abort", () => end(over.reason), { once: true });
    if (over.aborted) end(over.reason);
  });
  ended.catch(() => {});
  return ended;
}
