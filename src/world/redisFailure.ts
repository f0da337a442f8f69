import { harmless } from "../harmless.ts";
import { explain, type Attempt } from "./httpFailure.ts";

/** What answered does not speak Redis. */
export class NotRedis extends Error {}

/** What took the connection says nothing in TLS. */
export class NoTls extends Error {}

/** Why there is no answer, in plain words. */
export function explainRedis(thrown: unknown, attempt: Attempt): string {
  const here = harmless(attempt.url.host);
  const code = (thrown as { code?: unknown } | null)?.code;
  if (thrown instanceof NotRedis)
    return `${here} answered with something that is not Redis: does it want rediss:// instead of redis://?`;
  if (thrown instanceof NoTls && attempt.stopped !== "interrupted")
    return `${here} takes connections and says nothing in TLS: is it redis:// instead of rediss://?`;
  if (typeof code === "string" && /^EPROTO$|^ERR_SSL_(?!.*(UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION))/.test(code))
    return `${here} does not speak TLS: is it redis:// instead of rediss://?`;
  return explain(thrown, attempt);
}
