import { sayDuration } from "../duration.ts";
import { harmless } from "../harmless.ts";

/** The answer, as sent or unpacked, is longer than the caller reads. */
export class TooLarge extends Error {}

/** Failures whose message is already in plain words. */
export class CaFailure extends Error {}
export class BadEncoding extends Error {}

/** undici waits so long for a connection, whatever the deadline of the call: a dead host is told from a slow answer. */
export const connectMs = 5000;

export interface Attempt {
  url: URL;
  /** the proxy, if it went through one */
  via: string | undefined;
  deadlineMs: number;
  maxBytes: number;
  /** the call was ended by us */
  stopped: "deadline" | "interrupted" | undefined;
  sent: boolean;
  answered: boolean;
  /** somebody's shell asks Node to trust every certificate */
  careless: boolean;
}

/** Nobody listened, or the connection broke: that may be over a moment later. */
export function isPassing(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|EAI_AGAIN|UND_ERR_SOCKET|HPE_INVALID_EOF_STATE|UND_ERR_RES_CONTENT_.*)$/.test(
    code,
  );
}

/** A proxy that wants credentials hands nothing on. */
export function isProxyRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && /Proxy Authentication Required \(407\)/.test(thrown.message);
}

/** Why there is no answer, in plain words. Names hosts and ports, never a path, a header or what stands before an `@`. */
export function explain(thrown: unknown, attempt: Attempt): string {
  const { url } = attempt;
  const here = harmless(attempt.via === undefined ? addressOf(url) : `proxy ${addressOf(new URL(attempt.via))}`);
  if (thrown instanceof CaFailure || thrown instanceof BadEncoding) return thrown.message;
  if (thrown instanceof TooLarge) return `the answer of ${here} is larger than ${sayBytes(attempt.maxBytes)}`;
  if (attempt.stopped === "interrupted") return `the request to ${here} was interrupted`;
  if (attempt.stopped === "deadline") {
    const within = sayDuration(attempt.deadlineMs);
    if (!attempt.sent) return `no connection to ${here} within ${within}`;
    if (!attempt.answered) return `${here} did not answer within ${within}`;
    return `the answer of ${here} was not complete within ${within}`;
  }
  const code = codeOf(thrown);
  const host = harmless(attempt.via === undefined ? url.hostname : new URL(attempt.via).hostname);
  const told = plain(code, here, host, attempt);
  if (told?.includes("the certificate") && attempt.careless)
    return `${told} (NODE_TLS_REJECT_UNAUTHORIZED=0 is not honoured)`;
  if (told !== undefined) return told;
  if (isProxyRefusal(thrown)) return `${here} wants other credentials than the environment gives it (407)`;
  if (thrown instanceof Error && /Proxy response \((\d+)\)/.test(thrown.message))
    return `${here} refused to connect to ${addressOf(url)} (${/\((\d+)\)/.exec(thrown.message)![1]})`;
  return `the request to ${here} failed (${harmless(code)})`;
}

function plain(code: string, here: string, host: string, { answered, via, url }: Attempt): string | undefined {
  if (code === "UND_ERR_HEADERS_OVERFLOW") return `the headers of ${here} are longer than 16 KiB`;
  if (/^HPE_|^HTTPParserError$|^UND_ERR_RES_CONTENT_LENGTH/.test(code))
    return answered ? `the answer of ${here} was cut short` : `${here} answered with something that is not HTTP`;
  if (/^ERR_SSL_.*(UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION)/.test(code))
    return `${here} speaks no TLS that is safe: 1.2 or newer is needed`;
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return `${here} does not speak TLS: is it http instead of https?`;
  const certified = via === undefined ? host : url.hostname;
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens on ${here} (connection refused)`;
    case "ENOTFOUND":
    case "EAI_NODATA":
      return `there is no host ${host} (DNS)`;
    case "EAI_AGAIN":
      return `host ${host} could not be looked up: the DNS server does not answer`;
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return `no connection to ${here} within ${sayDuration(connectMs)}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
      return `there is no way to ${here} from here (network unreachable)`;
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return answered ? `the answer of ${here} was cut short` : `${here} closed the connection without an answer`;
    case "CERT_HAS_EXPIRED":
      return `the certificate of ${certified} has expired`;
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${certified} is not valid yet`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `the certificate of ${certified} is self-signed: name its CA file if you trust it`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `the certificate of ${certified} is signed by nobody we know: name its CA file if you trust it`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "UND_ERR_PRX_TLS":
      return `the certificate is not for ${certified}: it names another host`;
    default:
      return undefined;
  }
}

function codeOf(thrown: unknown): string {
  const error = thrown as { code?: unknown; cause?: unknown; name?: unknown } | null;
  if (typeof error?.code === "string") return error.code;
  if (error?.cause !== undefined) return codeOf(error.cause);
  return typeof error?.name === "string" ? error.name : "unknown";
}

function addressOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
}

function sayBytes(n: number): string {
  return n >= 1024 * 1024
    ? `${Math.round(n / 1024 / 1024)} MiB`
    : n >= 1024
      ? `${Math.round(n / 1024)} KiB`
      : `${n} bytes`;
}
