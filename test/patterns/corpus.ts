import type { ErrorLine } from "../../src/patterns/patterns.ts";

/** The same numbers every time. */
export function dice(seed: number) {
  let state = seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  return { below, pick };
}
export type Dice = ReturnType<typeof dice>;

export const routes = ["support.reply", "product-search", "agent.research", "summary"];
const tenants = ["acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "tyrell"];
const nouns = [
  "orders",
  "invoices",
  "prices",
  "refunds",
  "returns",
  "offers",
  "stock",
  "reviews",
  "shipping",
  "vouchers",
];

export function uuid({ below }: Dice): string {
  return "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx".replace(/x/g, () => below(16).toString(16));
}
const sentence = ({ below, pick }: Dice) => Array.from({ length: 4 + below(9) }, () => pick(nouns)).join(" ");
const time = ({ below }: Dice) => new Date(Date.UTC(2026, 10, 21, 3, below(60), below(60), below(1000))).toISOString();
const ip = ({ below }: Dice) => `10.${below(256)}.${below(256)}.${below(256)}`;

export interface Truth {
  /** what a person would call it */
  name: string;
  /** of 100 lines */
  weight: number;
  line(dice: Dice, route: string): string;
}

/** Errors as gateways, SDKs and services write them; which line is of which is known. */
export const truths: Truth[] = [
  { name: "timeout", weight: 24, line: (d) => `provider timeout after ${d.below(60_000)} ms` },
  { name: "parse", weight: 12, line: (d, route) => `JSON parse error at position ${d.below(4000)} from ${route}` },
  {
    name: "rate limit, SDK",
    weight: 9,
    line: (d) =>
      `Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o in organization org-${uuid(d)} on tokens per min (TPM): Limit ${d.below(90_000)}', 'type': 'tokens', 'code': 'rate_limit_exceeded'}}`,
  },
  {
    name: "quota, SDK",
    weight: 4,
    line: (d) =>
      `Error code: 429 - {'error': {'message': 'You exceeded your current quota, request ${uuid(d)}', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}`,
  },
  {
    name: "overloaded, JSON log",
    weight: 8,
    line: (d, route) =>
      JSON.stringify({
        ts: time(d),
        level: "error",
        msg: "call failed",
        route,
        call_id: uuid(d),
        error: {
          type: "overloaded_error",
          message: `model gpt-4o-${d.below(9)} is overloaded, retry in ${d.below(60)}s`,
        },
      }),
  },
  {
    name: "context length, JSON in a string",
    weight: 4,
    line: (d) =>
      JSON.stringify({
        level: "ERROR",
        error: JSON.stringify({
          type: "invalid_request_error",
          message: `This model's maximum context length is 128000 tokens, however you requested ${d.below(900_000)} tokens`,
        }),
      }),
  },
  {
    name: "refused, logfmt",
    weight: 6,
    line: (d, route) =>
      `time=${time(d)} level=error msg="upstream connect error" err="dial tcp ${ip(d)}:${d.below(65_535)}: connect: connection refused" route=${route}`,
  },
  {
    name: "reset, logfmt",
    weight: 4,
    line: (d, route) =>
      `time=${time(d)} level=error msg="upstream connect error" err="read tcp ${ip(d)}:${d.below(65_535)}: read: connection reset by peer" route=${route}`,
  },
  {
    name: "503, plain log",
    weight: 6,
    line: (d) =>
      `${time(d).replace("T", " ").replace(".", ",").replace("Z", "")} ERROR [gateway] request ${uuid(d)} failed: https://api.example.com/v1/chat/${d.below(99)}?x=${d.below(9)} answered 503`,
  },
  {
    name: "502, plain log",
    weight: 3,
    line: (d) =>
      `${time(d).replace("T", " ").replace(".", ",").replace("Z", "")} ERROR [gateway] request ${uuid(d)} failed: https://api.example.com/v1/chat/${d.below(99)} answered 502`,
  },
  {
    name: "JavaScript stack",
    weight: 3,
    line: (d) =>
      `TypeError: Cannot read properties of undefined (reading 'choices')\n    at Object.next (node:internal/x:${d.below(99)}:1)\n    at parse (/srv/app/node_modules/openai/index.js:${d.below(999)}:13)\n    at answer (/srv/app/src/reply.ts:42:7)\n    at async handle (/srv/app/src/server.ts:${d.below(99)}:3)`,
  },
  {
    name: "Python stack",
    weight: 3,
    line: (d) =>
      `Traceback (most recent call last):\n  File "/srv/app/main.py", line ${d.below(99)}, in handle\n    return parse(x)\n  File "/srv/app/rank.py", line 12, in parse\n    return json.loads(x)\n  File "/usr/lib/python3.12/json/decoder.py", line 337, in decode\n    raise JSONDecodeError("Expecting value", s, err.value)\njson.decoder.JSONDecodeError: Expecting value: line 1 column ${d.below(999)} (char ${d.below(9999)})`,
  },
  { name: "tenant over quota", weight: 4, line: (d) => `monthly budget used up for tenant ${d.pick(tenants)}` },
  { name: "free text", weight: 3, line: (d) => `could not read the answer: ${sentence(d)}` },
  {
    name: "HTML instead of JSON",
    weight: 3,
    line: (d) => `Unexpected token '<', "<!DOCTYPE ${sentence(d)}"... is not valid JSON`,
  },
  {
    name: "mail",
    weight: 2,
    line: (d) => `no mailbox for user${d.below(999)}@example.com at /var/mail/${d.below(99)}/new`,
  },
  { name: "tool", weight: 2, line: (d) => `tool call ${uuid(d).slice(0, 8)} gave up after ${1 + d.below(9)} attempts` },
];

/** More, of other libraries: written after the rules, which were mended in two places by it. */
export const strangers: Truth[] = [
  {
    name: "Anthropic",
    weight: 10,
    line: (d) =>
      `anthropic.APIStatusError: Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}, 'request_id': 'req_${uuid(d).slice(0, 10)}'}`,
  },
  {
    name: "LiteLLM",
    weight: 10,
    line: (d) =>
      `litellm.RateLimitError: AzureException RateLimitError - Requests to the ChatCompletions_Create Operation have exceeded the token rate limit. Please retry after ${d.below(60)} seconds.`,
  },
  {
    name: "context length",
    weight: 10,
    line: (d) =>
      `openai.BadRequestError: Error code: 400 - {'error': {'message': "This model's maximum context length is 8192 tokens. However, you asked for ${d.below(99_999)}.", 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_exceeded'}}`,
  },
  {
    name: "content filter",
    weight: 10,
    line: () =>
      `openai.BadRequestError: Error code: 400 - {'error': {'message': "The response was filtered", 'type': null, 'param': 'prompt', 'code': 'content_filter'}}`,
  },
  {
    name: "PostgreSQL",
    weight: 10,
    line: (d) =>
      `psycopg2.OperationalError: connection to server at "10.2.${d.below(99)}.${d.below(99)}", port 5432 failed: FATAL: remaining connection slots are reserved`,
  },
  {
    name: "vector store",
    weight: 10,
    line: (d) =>
      `qdrant: collection kb_${d.below(40)} search failed with deadline exceeded after ${d.below(9)}.${d.below(999)}s`,
  },
  {
    name: "GPU memory",
    weight: 10,
    line: (d) =>
      `torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate ${d.below(30)}.${d.below(99)} GiB. GPU ${d.below(8)} has a total capacity of 79.15 GiB`,
  },
  {
    name: "tool",
    weight: 10,
    line: (d) =>
      `Tool ${d.pick(["get_weather", "search_web", "run_sql", "send_mail", "lookup_order", "cancel_order", "refund"])} raised ValueError: missing argument`,
  },
  {
    name: "validation",
    weight: 10,
    line: (d) =>
      `1 validation error for Answer\n${d.pick(["title", "price", "items"])}\n  Field required [type=missing, input_value={'a': ${d.below(99)}}]`,
  },
  {
    name: "abort",
    weight: 10,
    line: (d) =>
      JSON.stringify({
        severity: "ERROR",
        message: `AbortError: The user aborted a request after ${d.below(9999)}ms`,
        trace: uuid(d),
      }),
  },
  {
    name: "DNS",
    weight: 10,
    line: (d) => `Error: getaddrinfo EAI_AGAIN api.${d.pick(["openai", "anthropic", "mistral", "cohere"])}.com`,
  },
];

export interface Known extends ErrorLine {
  truth: string;
}

/** Lines of known truth, as a source gives them; each with the id of its call. */
export function corpus(count: number, of: readonly Truth[] = truths): Known[] {
  const d = dice(7);
  const whole = of.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: count }, (_, i) => {
    let left = d.below(whole);
    const truth = of.find(({ weight }) => (left -= weight) < 0)!;
    const route = d.pick(routes);
    return { truth: truth.name, at: i * 10, text: truth.line(d, route), labels: { call: `c-${i}`, route } };
  });
}
