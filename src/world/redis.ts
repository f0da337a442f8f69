import { never, openLastChance } from "./lastChance.ts";

export interface RedisServer {
  /** redis:// or rediss:// with host, port (6379) and number of the database (0); nothing else */
  url: string;
  /** of the ACL; left out: the default user */
  username?: string;
  password?: string;
  /** PEM file that replaces the system's certificate authorities */
  ca?: string;
  /** for everything: connecting, all commands and their answers */
  deadlineMs: number;
  /** of all answers together; default 16 MiB */
  maxBytes?: number;
  signal?: AbortSignal;
}

/** A text, or bytes that are none (no UTF-8). */
export type Word = string | Uint8Array;
/** A command inside a transaction may fail on its own: `refused` are the server's words. */
export type RedisReply = Word | number | null | { refused: string } | RedisReply[];

/** There is no word here for what would empty a database, and there must never be one. */
export type ReadCommand = readonly [
  "GET" | "HGET" | "HKEYS" | "SISMEMBER" | "EXISTS" | "PTTL" | "SCAN" | "INFO" | "DBSIZE" | "WATCH",
  ...Word[],
];
export type WriteCommand = readonly [
  "MULTI" | "SET" | "DEL" | "HSET" | "HDEL" | "SADD" | "SREM" | "UNLINK" | "EXEC",
  ...Word[],
];

export type RedisAnswer =
  | { reply: RedisReply }
  /** the server said no, in its own words: "WRONGTYPE Operation against a key …" */
  | { refused: string }
  /** plain words why there is no answer; `sent` is false only where it is certain that no byte of the command left */
  | { failed: string; sent: boolean };

type Answers<Commands extends readonly unknown[]> = { [At in keyof Commands]: RedisAnswer };

/** The commands of one call leave together; answers are in their order. Nothing is ever sent again. */
export interface RedisSession {
  read<Commands extends readonly ReadCommand[]>(...commands: Commands): Promise<Answers<Commands>>;
  /** after an interrupt nothing of this leaves */
  write<Commands extends readonly WriteCommand[]>(...commands: Commands): Promise<Answers<Commands>>;
}

/**
 * One connection for a piece of work. Never throws for what the other side does: where there is no connection, every
 * command is answered with why. An interrupt ends what is read at once; a write that is out, and what is read afterwards to
 * see what became of it, have a last chance.
 */
export type Redis = <T>(server: RedisServer, work: (session: RedisSession) => Promise<T>) => Promise<T>;

export function openRedis(env: Readonly<Record<string, string | undefined>>, interrupted: AbortSignal = never): Redis {
  const lastChance = openLastChance(interrupted);
  return async (server, work) => {
    // loaded when it is first needed: few commands speak to Redis
    const { connectRedis } = await import("./redisConnection.ts");
    const over = AbortSignal.any([lastChance, ...(server.signal === undefined ? [] : [server.signal])]);
    const careless = env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0";
    // what begins after an interrupt looks what became of a write
    const connection = await connectRedis(server, {
      over,
      interrupted: interrupted.aborted ? never : interrupted,
      careless,
    });
    const unsent: RedisAnswer = { failed: "interrupted before it was sent", sent: false };
    try {
      return await work({
        read: async (...commands) => (await connection.send(commands)) as never,
        write: async (...commands) =>
          (interrupted.aborted ? commands.map(() => unsent) : await connection.send(commands, "patient")) as never,
      });
    } finally {
      connection.close();
    }
  };
}
