/** Keys that say by their beginning whose they are. */
const table: readonly (readonly [kind: string, pattern: string])[] = [
  ["anthropic key", "sk-ant-[\\w-]{12,}"],
  ["openrouter key", "sk-or-[\\w-]{16,}"],
  ["langfuse key", "[ps]k-lf-[\\w-]{16,}"],
  ["openai key", "sk-(?:proj|svcacct|admin|None)-[\\w-]{12,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{16,}"],
  // LiteLLM and most gateways; its documented master key is sk-1234
  ["gateway key", "sk-(?=[\\w-]{0,80}(?:\\d|[a-z][A-Z]))[\\w-]{16,}|sk-\\d{4,15}(?![\\w-])"],
  ["aws access key", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"],
  ["google key", "AIza[\\w-]{30,}|ya29\\.[\\w-]{20,}|GOCSPX-[\\w-]{20,}|1//0[\\w-]{30,}"],
  ["azure key", "[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{16,}|[\\w~.-]{3}8Q~[\\w~.-]{30,}"],
  ["github token", "gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\\w{30,}"],
  ["gitlab token", "gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt|ffct)-[\\w.-]{18,}"],
  ["slack token", "xox[a-z](?:\\.xox[a-z])?-[\\w-]{10,}|xapp-\\d-[\\w-]{10,}"],
  ["stripe key", "[srp]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,}"],
  ["hugging face token", "(?:hf|api_org)_[A-Za-z0-9]{28,}"],
  ["grafana token", "gls[ac]_\\w{20,}|glc_[\\w+/=-]{20,}|eyJrIjoi[\\w=]{20,}"],
  ["npm token", "npm_[A-Za-z0-9]{30,}"],
  ["pypi token", "pypi-[\\w-]{40,}"],
  ["docker token", "dckr_[a-z]{3}_[\\w-]{20,}"],
  ["vault token", "hv[sbr]\\.[\\w-]{20,}"],
  ["databricks token", "dapi[0-9a-f]{32}(?:-\\d)?"],
  ["groq key", "gsk_[A-Za-z0-9]{30,}"],
  ["xai key", "xai-[A-Za-z0-9]{30,}"],
  ["perplexity key", "pplx-[A-Za-z0-9]{30,}"],
  ["replicate token", "r8_[A-Za-z0-9]{30,}"],
  ["nvidia key", "nvapi-[\\w-]{40,}"],
  ["pinecone key", "pcsk_\\w{30,}"],
  ["langsmith key", "lsv2_[a-z]{2}_\\w{30,}"],
  ["sendgrid key", "SG\\.[\\w-]{16,}\\.[\\w-]{16,}"],
  ["twilio key", "SK[0-9a-f]{32}(?![A-Za-z0-9])"],
  ["mailgun key", "key-[0-9a-f]{32}(?![A-Za-z0-9])"],
  ["digitalocean token", "do[opr]_v1_[0-9a-f]{40,}"],
  ["new relic key", "NR(?:AK|II|AL|JS)-[A-Za-z0-9-]{20,}"],
  ["sentry token", "sntry[su]_[\\w+/=-]{30,}"],
  ["telegram token", "\\d{8,10}:AA[\\w-]{30,}"],
  // Only where a word begins: from each "-" on it would look at all of the rest again.
  ["jwt", "(?<![\\w-])eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}(?:\\.[\\w-]*)?"],
];

// A letter or digit before it makes it the middle of a word; the one of "\n", as JSON writes a line break, does not.
const begins = "(?<!(?:^|[^\\\\])[A-Za-z0-9])";

/** All of them at once: one look at each place of the text. */
export const anyKey = new RegExp(`${begins}(?:${table.map(([, pattern]) => pattern).join("|")})`, "g");

export function kindOfKey(key: string): string {
  return table.find(([, pattern]) => new RegExp(`^(?:${pattern})$`).test(key))?.[0] ?? "key";
}
