import type { Socket } from "node:net";
import { AbstractConnector, Redis as Library } from "ioredis";
import { explainRedis, NotRedis } from "./redisFailure.ts";
import type { RedisAnswer, RedisReply, RedisServer, Word } from "./redis.ts";
import { connectSocket, endOf } from "./redisSocket.ts";

export interface Connection {
  /** `patient`: an interrupt does not end the waiting for these answers */
  send(commands: readonly (readonly Word[])[], patient?: "patient"): Promise<RedisAnswer[]>;
  close(): void;
}

const defaultMaxBytes = 16 << 20;

/**
 * The socket is ours: its deadline, its bytes and what has left are known. The library writes and reads the protocol, on
 * this one socket, and never opens another.
 */
export async function connectRedis(
  server: RedisServer,
  { over: stop, interrupted, careless }: { over: AbortSignal; interrupted: AbortSignal; careless: boolean },
): Promise<Connection> {
  const url = new URL(server.url);
  if (url.port === "") url.port = "6379";
  const deadline = AbortSignal.timeout(server.deadlineMs);
  const over = AbortSignal.any([deadline, stop]);
  const maxBytes = server.maxBytes ?? defaultMaxBytes;
  const sent = { sent: false };
  const explain = (thrown: unknown) => {
    const stopped = deadline.aborted ? "deadline" : over.aborted || interrupted.aborted ? "interrupted" : undefined;
    const limits = { deadlineMs: server.deadlineMs, maxBytes, careless };
    return explainRedis(thrown, { url, via: undefined, ...limits, stopped, answered: false, ...sent });
  };

  let socket: Socket;
  try {
    socket = await connectSocket(url, server.ca, AbortSignal.any([over, interrupted]));
  } catch (thrown) {
    return unreached({ failed: explain(thrown), sent: false });
  }
  sent.sent = true;
  const ended = endOf(socket, over, maxBytes);
  const leaves = rejectsOn(interrupted);
  const library = await speakOn(socket);

  const one = async ([name, ...words]: readonly Word[], ends: Promise<never>[]): Promise<RedisAnswer> => {
    const answer = library.callBuffer(String(name), words.map(bytesOf)).then(
      (reply): RedisAnswer => ({ reply: readable(reply) }),
      (error: unknown): RedisAnswer | Promise<never> => {
        if (isReplyError(error)) return { refused: error.message };
        // of everything but a broken protocol the socket knows more
        return isBroken(error) ? { failed: explain(new NotRedis()), sent: true } : ended;
      },
    );
    return Promise.race([answer, ...ends]).catch((thrown: unknown) => ({ failed: explain(thrown), sent: true }));
  };
  const connection: Connection = {
    async send(commands, patient) {
      const ends = patient === undefined ? [ended, leaves.now] : [ended];
      if (socket.destroyed || (patient === undefined && interrupted.aborted)) {
        const why = await Promise.race(ends).catch(explain);
        return commands.map(() => ({ failed: why, sent: false }));
      }
      socket.cork();
      const answers = commands.map((command) => one(command, ends));
      socket.uncork();
      return Promise.all(answers);
    },
    close() {
      leaves.forget();
      library.disconnect();
      socket.destroy();
    },
  };
  const refused = await introduce(connection, server, url);
  if (refused === undefined) return connection;
  connection.close();
  return unreached(refused);
}

function unreached(answer: RedisAnswer): Connection {
  return { send: async (commands) => commands.map(() => answer), close() {} };
}

/** Logs in and chooses the database; what comes instead of "OK" is the answer to everything. */
async function introduce(
  connection: Connection,
  { username, password }: RedisServer,
  { pathname }: URL,
): Promise<RedisAnswer | undefined> {
  const db = pathname.slice(1);
  const user = username === undefined ? [] : [username];
  const commands = [
    ...(password === undefined ? [] : [["AUTH", ...user, password]]),
    ...(db === "" || db === "0" ? [] : [["SELECT", db]]),
  ];
  for (const command of commands) {
    const [answer] = await connection.send([command]);
    if (answer !== undefined && "failed" in answer) return { ...answer, sent: false };
    if (answer !== undefined && !("reply" in answer)) return answer;
  }
  return undefined;
}

/** No second connection, nothing queued, nothing sent again, no command of its own. */
async function speakOn(socket: Socket): Promise<Library> {
  class Ours extends AbstractConnector {
    override async connect() {
      this.stream = socket;
      return socket;
    }
  }
  const library = new Library({
    Connector: Ours as never,
    lazyConnect: true,
    protocol: 2,
    retryStrategy: () => null,
    reconnectOnError: null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: 0,
  });
  // every failure is also that of a command that waits for its answer
  library.on("error", () => {});
  await library.connect().catch(() => {});
  return library;
}

/** `forget` when it is over: the signal lives as long as the program. */
function rejectsOn(signal: AbortSignal): { now: Promise<never>; forget(): void } {
  let reject: () => void = () => {};
  const now = new Promise<never>((_, rejects) => (reject = () => rejects(signal.reason as Error)));
  now.catch(() => {});
  signal.addEventListener("abort", reject, { once: true });
  if (signal.aborted) reject();
  return { now, forget: () => signal.removeEventListener("abort", reject) };
}

function bytesOf(word: Word): string | Buffer {
  return typeof word === "string" ? word : Buffer.from(word);
}

function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && /please report this/i.test(error.message);
}

function readable(reply: unknown): RedisReply {
  if (Array.isArray(reply)) return reply.map(readable);
  if (reply instanceof Error) return { refused: reply.message };
  if (!(reply instanceof Uint8Array)) return reply as number | null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(reply);
  } catch {
    return reply;
  }
}
