import { alnum, base64, digits, drawFrom, hex, lower, type Draw } from "./draw.ts";
import { uuid } from "./positives.ts";

/** A text of the trade in which nothing must be hidden. */
export interface Negative {
  type: string;
  text: string;
}

const drawn: Record<string, (d: Draw) => string> = {
  "trace id": (d) => `trace_id=${d.text(hex, 32)} span_id=${d.text(hex, 16)}`,
  traceparent: (d) => `traceparent: 00-${d.text(hex, 32)}-${d.text(hex, 16)}-01`,
  "git sha": (d) =>
    d.one([`deployed ${d.text(hex, 40)}`, `fix in ${d.text(hex, 8)}`, `image gateway@sha256:${d.text(hex, 64)}`]),
  uuid: (d) => `request ${uuid(d)} failed, conversation_id ${uuid(d)}`,
  "order number": (d) =>
    d.one([
      `order ${d.text("6789", 1)}${d.text(digits, 9)} was refunded twice`,
      `ticket #${d.text(digits, 6)}`,
      `ORD-${d.text(digits, 8)}`,
      `invoice 2026-${d.text(digits, 5)}`,
    ]),
  "token count": (d) =>
    d.one([
      `max_tokens: ${d.whole(256, 32768)}`,
      `prompt_tokens=${d.whole(1e3, 9e6)} completion_tokens=${d.whole(10, 9000)}`,
      `token: ${d.whole(1, 99999)}`,
      `tokens per call ${d.whole(1, 99)},${d.text(digits, 3)}`,
      `{"token_usage":{"prompt":${d.whole(1, 9999)},"total":${d.whole(1, 99999)}}}`,
    ]),
  timestamp: (d) =>
    d.one([
      `at ${d.whole(1.7e9, 1.8e9)}`,
      `ts=${d.whole(1.7e12, 1.8e12)}`,
      `${d.whole(1.7e9, 1.8e9)}${d.text(digits, 9)}`,
      `2026-11-${d.whole(10, 28)}T03:${d.whole(10, 59)}:04.${d.text(digits, 6)}Z`,
      `2026-11-${d.whole(10, 28)} 03:${d.whole(10, 59)}:04,${d.text(digits, 3)}`,
      `21/Nov/2026:03:${d.whole(10, 59)}:04 +0000`,
    ]),
  "prompt version": (d) =>
    d.one([
      `prompt_version: support-v${d.whole(1, 99)}`,
      `support.reply@${d.whole(1, 9)}.${d.whole(0, 20)}.${d.whole(0, 9)}`,
      `prompt v2026-11-${d.whole(10, 28)}`,
      `system_prompt: support_v${d.whole(1, 40)}_final`,
    ]),
  semver: (d) =>
    d.one([
      `v${d.whole(1, 9)}.${d.whole(0, 99)}.${d.whole(0, 99)}-rc.${d.whole(1, 9)}`,
      `node ${d.whole(18, 26)}.${d.whole(0, 20)}.${d.whole(0, 9)}`,
      `version ${d.whole(1, 9)}.${d.whole(0, 9)}.${d.whole(0, 9)}.${d.whole(0, 9)}`,
      `litellm==1.${d.whole(50, 80)}.${d.whole(0, 20)}.post1`,
    ]),
  "port and address": (d) =>
    d.one([
      `127.0.0.1:${d.whole(1024, 65535)}`,
      `10.${d.whole(0, 255)}.${d.whole(0, 255)}.${d.whole(1, 254)}:9090`,
      `192.168.${d.whole(0, 255)}.${d.whole(1, 254)}`,
      `[::1]:${d.whole(1024, 65535)}`,
      `172.16.${d.whole(0, 255)}.7 refused`,
      `fe80::${d.text("123456789abcdef", 4)}`,
      `http://prometheus.internal:${d.whole(1024, 65535)}/api/v1/query?query=up`,
    ]),
  duration: (d) =>
    d.one([
      `took ${d.whole(1, 99)}.${d.text(digits, 3)}s`,
      `p95 ${d.whole(100, 9999)}ms, ttft ${d.whole(1, 9)}.${d.text(digits, 2)}s`,
      `for 1h${d.whole(1, 59)}m`,
      `time_to_first_token: ${d.whole(1, 9)}.${d.text(digits, 3)}s`,
      `${d.whole(10, 99)}:${d.whole(10, 59)}:${d.whole(10, 59)} elapsed`,
    ]),
  money: (d) =>
    d.one([
      `$${d.whole(1, 999)}.${d.text(digits, 2)} per hour`,
      `cost ${d.whole(100, 999)} ${d.whole(200, 999)} ${d.whole(1000, 9999)}`,
      `EUR ${d.whole(1, 9)}.${d.text(digits, 3)}.${d.text(digits, 3)},00`,
    ]),
  metric: (d) =>
    d.one([
      `llm_tokens_total{le="+Inf"} ${d.whole(1e5, 9e9)}`,
      `value ${d.whole(0, 1)}.${d.text(digits, 16)}`,
      `[${d.whole(1.7e9, 1.8e9)}.${d.text(digits, 3)}, "${d.whole(1, 9e6)}"]`,
      `${d.whole(1, 9)}.${d.text(digits, 6)}e+0${d.whole(1, 9)}`,
    ]),
  id: (d) =>
    d.one([
      `user u-${d.text(digits, 4)}`,
      `chatcmpl-${d.text(alnum, 29)}`,
      `msg_01${d.text(alnum, 22)}`,
      `req_${d.text(alnum, 24)}`,
      `pod gateway-${d.text(hex, 10)}-${d.text(lower + digits, 5)}`,
      `call_${d.text(alnum, 24)}`,
      `INC-1121-${d.text(lower, 4)}`,
      `arn:aws:iam::${d.text(digits, 12)}:role/llm-gateway`,
      `i-0${d.text(hex, 16)}`,
      `asst_${d.text(alnum, 24)}`,
    ]),
  hash: (d) =>
    d.one([
      `etag "${d.text(hex, 32)}"`,
      `sha256-${d.text(base64, 43)}=`,
      `digest ${d.text(hex, 64)}`,
      `hashed_api_key="${d.text(hex, 64)}"`,
      `head ${d.text(hex, 64)}: keep it elsewhere`,
    ]),
  mac: (d) => `eth0 ${Array.from({ length: 6 }, () => d.text(hex, 2)).join(":")}`,
};

const fixed: Record<string, readonly string[]> = {
  model: [
    "gpt-4o-mini-2024-07-18",
    "claude-3-5-sonnet-20241022",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "gemini-1.5-pro-002",
    "meta-llama/Llama-3.1-70B-Instruct",
    "ft:gpt-4o-mini-2024-07-18:acme:support:9xYzAbC1",
    "azure/gpt-4o-eu",
    "mistral-large-2411",
    "bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0",
    "text-embedding-3-large",
    "o3-mini",
    "vertex_ai/gemini-2.0-flash-001",
    "openai/gpt-oss-120b",
    "deepseek-r1-distill-qwen-32b",
    "sk-learn-style names like sk-fading-circle and task-runner-2",
  ],
  promql: [
    'sum by (route) (rate(litellm_total_tokens_metric_total{route="support.reply"}[5m])) / 300',
    'histogram_quantile(0.95, sum(rate(llm_ttft_seconds_bucket{model=~"gpt-4o.*"}[5m])) by (le))',
    'increase(litellm_spend_metric_total{api_key_alias="acme-prod"}[1h]) > 20',
    'sum(rate(http_requests_total{code=~"5.."}[1m])) or vector(0)',
    'max_over_time(llm_budget_remaining{team="search"}[24h:5m]) offset 1d',
    'rate(llm_auth_failures_total{reason="invalid_token"}[5m])',
    'label_replace(up, "host", "$1", "instance", "(.*):.*")',
    'sum(rate(llm_tokens_total{kind="output"}[5m])) * 60 @ 1763694724',
  ],
  "words about secrets": [
    "the password is wrong",
    "password: required",
    "reset your password",
    "password=*****",
    "api_key: ${OPENAI_API_KEY}",
    "OPENAI_API_KEY=$OPENAI_API_KEY",
    "token: { env: CONFIG_TOKEN }",
    "Authorization: Bearer <token>",
    "authorization: Bearer $TOKEN",
    "bearer token expired",
    "Basic authentication is off",
    "basic auth failed for gateway",
    "secret: llm-gateway-tls",
    "secretName: openai-credentials",
    "api_key = os.environ['OPENAI_API_KEY']",
    "apiKey: process.env.OPENAI_API_KEY",
    "the token was rejected by the gateway",
    "next token is sampled",
    'stop_token: "<|im_end|>"',
    "pad_token: [PAD]",
    "the secret is out",
    "access_token: null",
    "client_secret: redacted",
    "password: '{{ password }}'",
    "first token after 1.2s",
    "invalid_api_key: Incorrect API key provided",
    "cookie banner",
    "max_tokens=512 top_p=0.9",
    "token bucket: 40 per second",
    "the api key is missing",
    "key: support.reply",
    "cache_key: acme/support/v2",
    "sort_key=created_at",
    "tokens_out_avg: 508",
    "token_type: bearer",
    "api_key_alias: acme-prod",
    "secret manager unavailable",
    "password policy",
    "private key file not found",
    "-----BEGIN CERTIFICATE-----",
    "ssh-keygen -t ed25519",
    "x-api-key header missing",
    "expected api_key: string",
  ],
  "looks like a person": [
    "git@github.com:acme/llm-gateway.git",
    "npm i @anthropic-ai/sdk@0.32.1",
    "@dana please look",
    "postgres@db.internal",
    "user@host.local refused",
    "rate@5m",
    "support.reply@v12",
    "root@gateway-7d9f",
    "deploy@2026-11-21",
    "a@b",
    "retry 3-4-5",
    "12-21-2026",
    "03:12-04:15 UTC",
    "0.5-1.5 of normal",
    "+12% in 5m",
    "+1 from me",
    "1,234,567 calls",
    "404 500 5023",
    "200-299",
    "555 tokens",
    "4096 -> 512",
    "8 x 1024 x 1024",
    "ISBN 978-3-16-148410-0",
    "10-20-30",
    "2026-11-21",
    "9:41",
    "page 1/1000",
    "10.5.1",
    "1.2.3",
    "0000-0000-0000-0000",
    "1234567890123",
    "SEV2",
    "ab12 cd34",
    "DE2026 rollout",
    "GB12 racks",
    "::1",
    "1::",
    "12:34:56",
    "there is no step password\n::error file=night.yaml",
    "who asked for a password:\nnobody did",
    "0.0.0.0:8080",
    "255.255.255.255",
    "999.1.2.3",
  ],
};

/** About 350, the same ones in every run. */
export function negatives(): Negative[] {
  const d = drawFrom(1_121);
  return [
    ...Object.entries(drawn).flatMap(([type, draw]) => Array.from({ length: 16 }, () => ({ type, text: draw(d) }))),
    ...Object.entries(fixed).flatMap(([type, texts]) => texts.map((text) => ({ type, text }))),
  ];
}
