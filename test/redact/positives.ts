import { Buffer } from "node:buffer";
import { alnum, base64, base64url, digits, drawFrom, hex, lower, upper, type Draw } from "./draw.ts";

/** A text with something in it that must not stay. */
export interface Positive {
  type: string;
  text: string;
  /** what must be gone */
  hidden: string;
}

/** Where people and machines put such things; {} is the value. */
const anywhere = [
  "{}",
  "the key is {}",
  "somebody pasted {} into the ticket, please rotate",
  "({})",
  "`{}`",
  '"{}"',
  "key={}",
  "OPENAI_API_KEY={}",
  "first line\n{}\nlast line",
  "401 Unauthorized: Incorrect API key provided: {}.",
  '{"error":{"message":"bad key {}","code":401}}',
  "curl -H 'x-api-key: {}' https://gateway.test/v1/models",
  "rotated,{},done",
  "tried with {}; no luck",
];

const prose = [
  "{}",
  "customer {} complained",
  "Please contact {}.",
  "user: {}, tenant acme",
  '{"from":"{}"}',
  "({}) asked twice",
  "prompt: my data is {} and I want a refund",
  "line one\n{}\nline three",
  "{}; answer was wrong",
  "said <{}>",
];

/** What must be gone of what was drawn: all of it, or the part that is named. */
type Drawn = string | { text: string; hidden: string };

const keys: Record<string, (d: Draw) => string> = {
  "openai key": (d) =>
    d.one([
      () => `sk-${d.one(["proj", "svcacct", "admin"])}-${d.text(base64url, d.whole(48, 156))}`,
      () => `sk-${d.text(alnum, 20)}${"T3Blbk"}FJ${d.text(alnum, 20)}`,
      () => `sk-${d.text(alnum, 48)}`,
    ])(),
  "anthropic key": (d) => `sk-ant-${d.one(["api03", "admin01", "sid01"])}-${d.text(base64url, 93)}AA`,
  "litellm key": (d) => `sk-${d.text(base64url, 22)}`,
  "aws access key": (d) => d.one(["AKIA", "ASIA"]) + d.text(upper + "234567", 16),
  "gcp api key": (d) => `AIza${d.text(base64url, 35)}`,
  "azure key": (d) => `${d.text(alnum, 52)}${"JQQ"}J99${d.text(alnum, 26)}`,
  "github token": (d) =>
    d.one([
      () => `gh${d.one(["p", "o", "u", "s", "r"])}_${d.text(alnum, 36)}`,
      () => `github_${"pat"}_${d.text(alnum, 22)}_${d.text(alnum, 59)}`,
    ])(),
  "gitlab token": (d) => `gl${d.one(["pat", "dt", "rt", "ptt"])}-${d.text(base64url, 20)}`,
  "slack token": (d) =>
    `xox${d.one(["b", "p", "a", "s"])}-${d.text(digits, 12)}-${d.text(digits, 12)}-${d.text(alnum, 24)}`,
  "stripe key": (d) => `${d.one(["sk", "rk"])}_${d.one(["live", "test"])}_${d.text(alnum, d.whole(24, 99))}`,
  "hugging face token": (d) => `hf_${d.text(alnum, 34)}`,
  "langfuse key": (d) => `${d.one(["pk", "sk"])}-lf-${uuid(d)}`,
  "grafana token": (d) => `gl${"sa"}_${d.text(alnum, 32)}_${d.text(hex, 8)}`,
  "npm token": (d) => `npm_${d.text(alnum, 36)}`,
  "groq key": (d) => `gsk_${d.text(alnum, 52)}`,
  "databricks token": (d) => `dapi${d.text(hex, 32)}`,
  jwt: (d) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { sub: d.text(digits, 10), name: "x", iat: d.whole(1.7e9, 1.8e9) };
    return `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.${d.text(base64url, 43)}`;
  },
};

const inContext: Record<string, (d: Draw) => Drawn> = {
  "aws secret key": (d) =>
    fill(d, d.text(base64, 40), ["aws_secret_access_key = {}", "AWS_SECRET_ACCESS_KEY={}", '"SecretAccessKey": "{}"']),
  "gcp service account": (d) =>
    fill(
      d,
      `-----BEGIN ${"PRIVATE"} KEY-----\\n${d.text(base64, 64)}\\n${d.text(base64, 40)}==\\n-----END ${"PRIVATE"} KEY-----\\n`,
      ['{"type":"service_account","private_key":"{}","client_id":"1"}'],
    ),
  "pem key": (d) => {
    const kind = d.one(["RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED "]);
    const body = Array.from({ length: d.whole(3, 20) }, () => d.text(base64, 64)).join("\n");
    return fill(d, body, [`-----BEGIN ${kind}${"PRIVATE"} KEY-----\n{}\n-----END ${kind}${"PRIVATE"} KEY-----`]);
  },
  "azure storage key": (d) =>
    fill(d, `${d.text(base64, 86)}==`, [
      "DefaultEndpointsProtocol=https;AccountName=llm;AccountKey={};EndpointSuffix=x",
    ]),
  "slack webhook": (d) =>
    fill(d, `T${d.text(upper, 8)}/B${d.text(upper, 8)}/${d.text(alnum, 24)}`, [
      `https://hooks.${"slack"}.com/services/{}`,
      `posted to https://hooks.${"slack"}.com/services/{} twice`,
    ]),
  "bearer header": (d) =>
    fill(d, d.text(base64url, d.whole(20, 60)), [
      "Authorization: Bearer {}",
      "authorization: bearer {}",
      `curl -H "Authorization: Bearer {}" https://x.test`,
      "headers={'Authorization': 'Bearer {}'}",
      '{"authorization":"Bearer {}"}',
    ]),
  "basic header": (d) =>
    fill(d, Buffer.from(`svc-${d.text(lower, 5)}:${d.text(alnum, 14)}`).toString("base64"), [
      "Authorization: Basic {}",
      "proxy-authorization: Basic {}",
      "sent Basic {} to the gateway",
    ]),
  "api key header": (d) =>
    fill(d, d.one([d.text(hex, 32), d.text(alnum, 40), d.text(base64url, 28)]), [
      "x-api-key: {}",
      "X-Api-Key: {}",
      "api-key: {}",
      "dd-api-key: {}",
      "x-portkey-api-key: {}",
      "Ocp-Apim-Subscription-Key: {}",
      "-H 'x-goog-api-key: {}'",
      "x-auth-token: {}",
      "PRIVATE-TOKEN: {}",
    ]),
  "consul or vault token": (d) => fill(d, uuid(d), ["X-Consul-Token: {}", "CONSUL_HTTP_TOKEN={}", "vault_token: {}"]),
  password: (d) =>
    fill(
      d,
      d.one([
        () => d.text(alnum, 12),
        () => `${d.text(lower, 6)}${d.text(digits, 2)}!`,
        () => `Tr0ub4dor${d.text(digits, 2)}`,
      ])(),
      [
        "password={}",
        "password: {}",
        "db_password = '{}'",
        "PGPASSWORD={} psql",
        '"password": "{}"',
        "the password is {}",
        "passwd:{}",
        "pwd={};",
        'SMTP_PASSWORD="{}"',
        "passphrase: {}",
      ],
    ),
  "assigned secret": (d) =>
    fill(d, d.one([d.text(alnum, 32), d.text(hex, 40), d.text(base64url, 24)]), [
      "api_key: {}",
      "apiKey: '{}'",
      "api_key={}",
      "client_secret={}",
      '"clientSecret":"{}"',
      "secret_key = {}",
      "ACCESS_TOKEN={}",
      '{\\"token\\":\\"{}\\"}',
      "DATADOG_APP_KEY={}",
      "webhook_secret: {}",
      "refresh_token => '{}'",
      "the api key was {}",
    ]),
  "url credentials": (d) =>
    fill(d, d.text(alnum, d.whole(8, 20)), [
      "postgres://llm:{}@db.internal:5432/gateway",
      "https://user:{}@config.internal/v1",
      "redis://:{}@10.0.0.7:6379/0",
      "amqp://svc:{}@mq/%2f failed",
      "git clone https://oauth2:{}@git.test/x.git",
    ]),
  "url query": (d) =>
    fill(d, d.text(alnum, d.whole(20, 40)), [
      "https://x.test/v1?api_key={}",
      "GET /v1/models?key={}&alt=json 403",
      "https://blob.test/c?sv=2024&sig={}",
      "https://x.test/cb?access_token={}#top",
      "wss://x.test/?token={}",
    ]),
  "in a hurry": (d) =>
    fill(
      d,
      d.one([
        `${d.text(alnum, 4)}-${d.text(alnum, 6)}-${d.text(digits, 3)}`,
        `p@ss${d.text(digits, 4)}:${d.text(lower, 4)}`,
      ]),
      [
        "pw: {}",
        "pass {}",
        "login admin / {}",
        "new password -> {}",
        "Server=db;User Id=llm;Password={};Encrypt=true",
        "password:\n  {}",
        "set the gateway token to {} please",
        "export TOKEN='{}'",
        "--password {} was in the history",
        "mysql -u llm -p{}",
        "token={}&route=support.reply",
        "credentials: {}",
        '"password" : "{}"',
        "PASSWORD = {}",
      ],
    ),
  cookie: (d) => fill(d, d.text(alnum, 32), ["Cookie: session={}; theme=dark", "set-cookie: sid={}; HttpOnly"]),
};

const people: Record<string, (d: Draw) => string> = {
  email: (d) => {
    const [first, last] = [d.text(lower, d.whole(3, 8)), d.text(lower, d.whole(4, 9))];
    const name = d.one([`${first}.${last}`, `${first}_${last}`, first, `${first}+llm`, `${first}${d.text(digits, 2)}`]);
    const host = d.one([
      "example.com",
      "mail.example.org",
      "example.co.uk",
      "acme.io",
      "münchen.example.de",
      "EXAMPLE.COM",
    ]);
    return `${name}@${host}`;
  },
  phone: (d) =>
    d.one([
      () => `+1 ${d.whole(201, 989)}-${d.whole(200, 999)}-${d.text(digits, 4)}`,
      () => `(${d.whole(201, 989)}) ${d.whole(200, 999)}-${d.text(digits, 4)}`,
      () => `${d.whole(201, 989)}-${d.whole(200, 999)}-${d.text(digits, 4)}`,
      () => `${d.whole(201, 989)}.${d.whole(200, 999)}.${d.text(digits, 4)}`,
      () => `+44 20 7${d.text(digits, 3)} ${d.text(digits, 4)}`,
      () => `+49 151 ${d.text(digits, 8)}`,
      () => `+49${d.text("123456789", 1)}${d.text(digits, 10)}`,
      () => `+33 6 ${[1, 2, 3, 4].map(() => d.text(digits, 2)).join(" ")}`,
      () => `06 ${[1, 2, 3, 4].map(() => d.text(digits, 2)).join(" ")}`,
      () => `+91-${d.text("789", 1)}${d.text(digits, 4)}-${d.text(digits, 5)}`,
      () => `020 7${d.text(digits, 3)} ${d.text(digits, 4)}`,
      () => `+43 (0) 660 ${d.text(digits, 7)}`,
    ])(),
  card: (d) => {
    const [prefix, length] = d.one([
      ["4", 16],
      ["51", 16],
      ["2221", 16],
      ["37", 15],
      ["6011", 16],
      ["3530", 16],
    ] as const);
    const number = withLuhn(prefix + d.text(digits, length - prefix.length - 1));
    if (length === 15) return d.one([number, number.replace(/(.{4})(.{6})(.{5})/, "$1 $2 $3")]);
    return d.one([number, number.replace(/(.{4})(?=.)/g, "$1 "), number.replace(/(.{4})(?=.)/g, "$1-")]);
  },
  ssn: (d) => `${d.whole(101, 665)}-${d.whole(10, 99)}-${d.whole(1000, 9999)}`,
  iban: (d) => {
    const [country, body] = d.one([
      () => ["DE", d.text(digits, 18)] as const,
      () => ["GB", d.text(upper, 4) + d.text(digits, 14)] as const,
      () => ["FR", d.text(digits, 20) + "A" + d.text(digits, 2)] as const,
      () => ["NL", d.text(upper, 4) + d.text(digits, 10)] as const,
    ])();
    const number = withMod97(country, body);
    return d.one([number, number.replace(/(.{4})(?=.)/g, "$1 ")]);
  },
  ip: (d) =>
    d.one([
      () => `${d.one([8, 34, 52, 81, 93, 185, 203])}.${d.whole(1, 250)}.${d.whole(0, 255)}.${d.whole(1, 254)}`,
      () =>
        `2a00:1450:${d.text("123456789abcdef", 4)}:${d.text("123456789abcdef", 3)}::${d.text("123456789abcdef", 4)}`,
      () => `2001:db8:${Array.from({ length: 6 }, () => d.text("123456789abcdef", 4)).join(":")}`,
    ])(),
};

/** About 800, the same ones in every run. */
export function positives(): Positive[] {
  const d = drawFrom(20_261_121);
  const of = (table: Record<string, (d: Draw) => Drawn>, count: number, places?: readonly string[]) =>
    Object.entries(table).flatMap(([type, draw]) =>
      Array.from({ length: count }, (_, i): Positive => {
        const drawn = draw(d);
        if (typeof drawn !== "string") return { type, ...drawn };
        return { type, text: places![i % places!.length]!.replace("{}", () => drawn), hidden: drawn };
      }),
    );
  return [...of(keys, 20, anywhere), ...of(inContext, 20), ...of(people, 32, prose)];
}

function fill(d: Draw, hidden: string, places: readonly string[]): { text: string; hidden: string } {
  return { hidden, text: d.one(places).replace("{}", () => hidden) };
}

export function uuid(d: Draw): string {
  return [8, 4, 4, 4, 12].map((length) => d.text(hex, length)).join("-");
}

function withLuhn(body: string): string {
  const sum = (number: string) =>
    Array.from(number)
      .reverse()
      .reduce((all, digit, i) => {
        const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
        return all + (value > 9 ? value - 9 : value);
      }, 0);
  return body + String((10 - (sum(`${body}0`) % 10)) % 10);
}

function withMod97(country: string, body: string): string {
  const number = Array.from(`${body}${country}00`, (c) => String(parseInt(c, 36))).join("");
  return `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, "0")}${body}`;
}
