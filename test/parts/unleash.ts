import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { startDaemon } from "./daemon.ts";
import { hasPostgres, startPostgres } from "./postgres.ts";

const program = resolve("test/parts/node_modules/unleash-server/dist/server.js");

export const hasUnleash = (): boolean => hasPostgres() && existsSync(program);

export interface Unleash {
  url: string;
  /** of its admin API */
  token: string;
  /** of an SDK in the environment development of the project default */
  sdkToken: string;
  /** one request to the admin API, below /api/admin; fails when it is refused */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** what an SDK gets to hear about one flag */
  told(flag: string): Promise<{ enabled: boolean; strategies: unknown[] }>;
  stop(): Promise<void>;
}

/** unleash-server on a PostgreSQL of its own. */
export async function startUnleash(): Promise<Unleash> {
  const database = await startPostgres();
  const [token, sdkToken] = ["*:*.admin-of-tests", "default:development.sdk-of-tests"];
  try {
    const daemon = await startDaemon(
      "node",
      ({ ports: [port] }) => ({
        url: `http://127.0.0.1:${port}`,
        argv: [program],
        env: {
          NODE_ENV: "production",
          DATABASE_HOST: database.host,
          DATABASE_USERNAME: database.user,
          DATABASE_NAME: database.database,
          DATABASE_SSL: "false",
          HTTP_HOST: "127.0.0.1",
          HTTP_PORT: String(port),
          INIT_ADMIN_API_TOKENS: token,
          INIT_CLIENT_API_TOKENS: sdkToken,
          // else an SDK would hear of a change only when the server next looks into its database
          CLIENT_FEATURE_CACHING_ENABLED: "false",
          CHECK_VERSION: "false",
          SEND_TELEMETRY: "false",
          LOG_LEVEL: "error",
        },
      }),
      async (url) => (await fetch(`${url}/ready`)).ok,
      60,
    );
    const ask = async (path: string, authorization: string, method = "GET", body?: unknown): Promise<unknown> => {
      const headers = { authorization, "content-type": "application/json" };
      const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answer = await fetch(`${daemon.url}${path}`, sent);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === "" ? undefined : JSON.parse(text);
    };
    return {
      url: daemon.url,
      token,
      sdkToken,
      ask: (method, path, body) => ask(`/api/admin${path}`, token, method, body),
      async told(flag) {
        interface Told {
          features: { name: string; enabled: boolean; strategies: unknown[] }[];
        }
        const { features } = (await ask("/api/client/features", sdkToken)) as Told;
        return features.find(({ name }) => name === flag)!;
      },
      async stop() {
        await daemon.stop();
        await database.stop();
      },
    };
  } catch (thrown) {
    await database.stop();
    throw thrown;
  }
}
