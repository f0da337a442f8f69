import { readAt } from "../document/edit.ts";
import { harmless } from "../harmless.ts";
import { sayTries, type Tried } from "../world/httpRead.ts";
import { placeOf, resolveSecret, type Secret } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import type { Call, Connection } from "./connection.ts";
import { isPage, nextMove, sayStatus, type Answered } from "./httpWords.ts";

/** Requests in the name of a user, where the project names one. */
export interface EtcdSession {
  /** what changes nothing, be it a POST; with a new token where the old one is no longer taken */
  ask(path: string, body: object): Promise<Tried | Unknown>;
  /** sent once; after a refused token the next request fetches a new one */
  send(path: string, body: object): Promise<Tried | Unknown>;
}

/** Nothing was sent: who asks could not be proven. */
export interface Unknown {
  error: string;
  next?: string;
}

interface Account {
  user: string;
  password: Secret;
}

export function openEtcdSession(
  connection: Connection,
  account: Account | undefined,
  world: World,
  folder: string,
): EtcdSession {
  let token: string | undefined;

  async function run(way: "ask" | "send", path: string, body: object): Promise<Tried | Unknown> {
    if (account !== undefined && token === undefined) {
      const made = await authenticate(account);
      if ("error" in made) return made;
      token = made.token;
    }
    const who: Record<string, string> = token === undefined ? {} : { authorization: token };
    const result = await connection[way](callTo(path, body, who));
    if ("status" in result && isOver(result)) token = undefined;
    return result;
  }

  async function authenticate({ user, password }: Account): Promise<{ token: string } | Unknown> {
    const body = { name: user, password: await resolveSecret(password, world, folder) };
    const result = await connection.ask(callTo("auth/authenticate", body));
    if ("failed" in result) return { error: result.failed + sayTries(result.tries) };
    const read = readAt(result.body, "json", "/token");
    const made = "value" in read && "is" in read.value ? read.value.is : undefined;
    if (result.status !== 200 || typeof made !== "string") return refused(result, { user, password });
    world.secrets.add(made, "token of etcd");
    return { token: made };
  }

  function refused(result: Exclude<Tried, { failed: string }>, { user, password }: Account): Unknown {
    const { host } = connection;
    if (/authentication is not enabled/.test(result.body))
      return {
        error: `${host} has authentication off, and llmops.yaml names a user for it`,
        next: "see that url is the cluster that is meant, or take user and password away",
      };
    if (/invalid user ID or password/.test(result.body))
      return {
        error: `${host} refused user ${harmless(user)} with this password`,
        next: `renew ${placeOf(password)} (password of the target in llmops.yaml), then try again`,
      };
    const speaker = connection.speaker("POST");
    if (result.status === 200 || isPage(result.headers["content-type"], result.body))
      return { error: `${host} does not answer as etcd does`, next: "see in llmops.yaml that url is right" };
    return { error: sayStatus(result, speaker) + sayTries(result.tries), next: nextMove(result, speaker) };
  }

  function callTo(path: string, body: object, headers: Record<string, string> = {}): Call {
    const url = new URL(`${connection.base.href.replace(/\/+$/, "")}/v3/${path}`);
    return {
      method: "POST",
      url,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    };
  }

  return {
    async ask(path, body) {
      const result = await run("ask", path, body);
      return account !== undefined && "status" in result && isOver(result) ? run("ask", path, body) : result;
    },
    send: (path, body) => run("send", path, body),
  };
}

/** Tokens end by themselves, and with every change of users and roles. */
function isOver({ status, body }: Answered): boolean {
  return status >= 400 && /invalid auth token|revision of auth store is old/.test(body);
}
