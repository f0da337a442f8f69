import { escapePointer, readAt } from "../document/edit.ts";
import { shorten } from "../harmless.ts";
import type { Tried } from "../world/httpRead.ts";
import type { Connection } from "./connection.ts";
import { isPage } from "./httpWords.ts";

export interface Server {
  ask(path: string): Promise<Tried>;
  urlOf(path: string): URL;
  /** " (1.95.0)", "" where it does not tell; asked once */
  version(): Promise<string>;
  /** why a call must not even be tried; undefined: it may. Asked once each. */
  forbids(method: string, described: string): Promise<string | undefined>;
}

/** Its description of itself takes megabytes. */
const mostBytes = 16 << 20;

/** What one LiteLLM tells about itself: calls come and go between its releases. */
export function openServer(connection: Connection): Server {
  const { host } = connection;
  const urlOf = (path: string) => new URL(connection.base.href.replace(/\/+$/, "") + path);
  const ask = (path: string) => connection.ask({ method: "GET", url: urlOf(path), maxBytes: mostBytes });
  const bodyOf = async (path: string): Promise<string> => {
    const result = await ask(path);
    const fits = "status" in result && result.status === 200 && !isPage(result.headers["content-type"], result.body);
    return fits ? result.body : "";
  };
  let readiness: Promise<string> | undefined;
  let description: Promise<string> | undefined;

  const tells = async (pointer: string): Promise<string> => {
    const read = readAt(await (readiness ??= bodyOf("/health/readiness")), "json", pointer);
    return "value" in read && "is" in read.value && typeof read.value.is === "string" ? read.value.is : "";
  };
  const version = async (): Promise<string> => {
    const told = shorten(await tells("/litellm_version"), 20);
    return told === "" ? "" : ` (${told})`;
  };
  return {
    ask,
    urlOf,
    version,
    async forbids(method, described) {
      const database = await tells("/db");
      if (database !== "" && database !== "connected")
        return `${host} says "${shorten(database, 40)}" of its database, without which LiteLLM keeps no change`;
      const text = await (description ??= bodyOf("/openapi.json"));
      const pointer = `/paths/${escapePointer(described)}/${method.toLowerCase()}`;
      const found = readAt(text, "json", pointer);
      if ("error" in found || !("absent" in found.value)) return undefined;
      return `this release of LiteLLM${await version()} has no ${method} ${described}`;
    },
  };
}
