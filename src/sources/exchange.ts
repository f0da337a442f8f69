import { shorten } from "../harmless.ts";
import { sayTries, type Tried } from "../world/httpRead.ts";
import { readPromAnswer, sayBody, type PromAnswer } from "./answer.ts";

/** What one exchange with the query API gave: the data, or one sentence that names the host and the next move. */
export function readExchange(result: Tried, base: URL, given: Given): PromAnswer {
  const answer = read(result, base, given);
  return "error" in answer ? { error: answer.error + sayTries(result.tries) } : answer;
}

/** What the settings of a source give along: a refusal reads differently. */
export interface Given {
  credentials: boolean;
  tenant?: string;
}

function read(result: Tried, base: URL, given: Given): PromAnswer {
  const { host } = base;
  if ("failed" in result) return { error: result.failed.includes(host) ? result.failed : `${host}: ${result.failed}` };
  const { status, body } = result;
  const refused = sayRefusal(status, result.headers, given);
  if (refused !== undefined) return { error: `${host} answered ${status}${refused}` };
  const answer = readPromAnswer(body);
  if ("error" in answer) return { error: `${host} ${isJson(body) ? answer.error : sayOther(status, body, base)}` };
  return status === 200 ? answer : { error: `${host} answered ${status} with data, which is not trusted` };
}

/** What a status means whatever the body says. */
function sayRefusal(
  status: number,
  headers: Record<string, string>,
  { credentials, tenant }: Given,
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

/** An answer that did not come from the query API. */
function sayOther(status: number, body: string, base: URL): string {
  const page = sayBody(body);
  if (status === 200)
    return `answered ${page} instead of JSON: is ${base.pathname} the right path in url, and not a login page?`;
  if (status === 404 || status === 400 || status === 405)
    return `has no query API below ${base.pathname} (${status}: ${page}): check the path in url, some live at / and others at /prometheus`;
  if (status >= 500) return `is not ready (${status}: ${page}): try again in a moment`;
  return `answered ${status}: ${page}`;
}
