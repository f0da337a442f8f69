import { shorten } from "../harmless.ts";
import { sayTries, type Tried } from "../world/httpRead.ts";
import { sayBody } from "./answer.ts";

/** An API as its answers are read. */
export interface Api<Data> {
  base: URL;
  /** what the settings of the source give along: a refusal reads differently */
  credentials: boolean;
  tenant?: string | undefined;
  /** where else it may live: "some live at / and others at /prometheus" */
  paths: string;
  /** what a body holds; the error is what follows the host's name in a sentence */
  read(body: string): Data | { error: string };
  /** an answer that means something here whatever it means elsewhere, as what follows the host's name */
  complaint?(status: number, body: string): string | undefined;
}

/** What one exchange gave: the data, or one sentence that names the host and the next move. */
export function readExchange<Data extends object>(result: Tried, api: Api<Data>): Data | { error: string } {
  const answer = read(result, api);
  return "error" in answer ? { error: String(answer.error) + sayTries(result.tries) } : answer;
}

function read<Data extends object>(result: Tried, api: Api<Data>): Data | { error: string } {
  const { host } = api.base;
  if ("failed" in result) return { error: result.failed.includes(host) ? result.failed : `${host}: ${result.failed}` };
  const { status, body } = result;
  const complaint = api.complaint?.(status, body);
  if (complaint !== undefined) return { error: `${host} ${complaint}` };
  const refused = sayRefusal(status, result.headers, api);
  if (refused !== undefined) return { error: `${host} answered ${status}${refused}` };
  const answer = api.read(body);
  if ("error" in answer)
    return { error: `${host} ${isJson(body) ? String(answer.error) : sayOther(status, body, api)}` };
  return status === 200 ? answer : { error: `${host} answered ${status} with data, which is not trusted` };
}

/** What a status means whatever the body says. */
function sayRefusal(
  status: number,
  headers: Record<string, string>,
  { credentials, tenant }: Pick<Api<object>, "credentials" | "tenant">,
): string | undefined {
  if (status === 401 && credentials) return ": it refused the credentials";
  if (status === 401) return ": it wants credentials: set bearer or basic on this source";
  if (status === 403)
    return `: these credentials may not query${tenant === undefined ? "" : ` tenant ${shorten(tenant, 40)}`}`;
  if (status >= 300 && status < 400)
    return `, redirecting to ${shorten(headers["location"] ?? "nowhere", 120)}: put the final address into url`;
  return status === 429 ? ": too many requests, try again in a moment" : undefined;
}

function isJson(body: string): boolean {
  return /^\s*[{[]/.test(body);
}

/** An answer that did not come from the API. */
function sayOther(status: number, body: string, { base, paths }: Pick<Api<object>, "base" | "paths">): string {
  const page = sayBody(body);
  if (status === 200)
    return `answered ${page} instead of JSON: is ${base.pathname} the right path in url, and not a login page?`;
  if (status === 404 || status === 400 || status === 405)
    return `has no query API below ${base.pathname} (${status}: ${page}): check the path in url, ${paths}`;
  if (status >= 500) return `is not ready (${status}: ${page}): try again in a moment`;
  return `answered ${status}: ${page}`;
}
