import { Buffer } from "node:buffer";
import { anyKey, kindOfKey } from "./keys.ts";
import { hasValue, isRandom } from "./named.ts";
import type { Shape } from "./redact.ts";

const passwords = "pass(?:word|wd|phrase|code)|pwd|pw(?<=\\bpw)";
const keys =
  "(?:api|access|secret|private|account|master|signing|encryption|virtual|app|application|subscription|integration|routing|license|service|auth|admin|shared|shared[_ -]?access|storage|client|webhook|deploy|functions?)[_ -]?key";
// a hash of a key is a name for it
const others = `(?:secret|token|credentials?|${keys}|(?:proxy-)?authorization)(?<!hash(?:ed)?[_-]?[a-z]{0,6}[_-]?[a-z]{0,6})`;
/** what every name among `passwords`, and every one among `others`, holds */
const passwordHint = /pass|pw/i;
const otherHint = /secret|token|credential|key|authorization/i;

/**
 * `name: `, `name=`, `"name": "`, `name -> '`, in JSON inside JSON too; a scheme of HTTP may stand before the value. The
 * value may stand in the next line, where that is indented: else it is another's beginning.
 */
const is = String.raw`(?:\\?["'\x60])?[^\S\n]{0,3}(?:=>|:=|->|[:=])(?:[^\S\n]{0,3}|[^\S\n]{0,3}\n[^\S\n]{1,8})`;
const scheme = String.raw`(?:(?:bearer|basic|token|digest|apikey|key)\s{1,3})?`;
const quoted = (name: string) =>
  new RegExp(String.raw`(?<keep>(?:${name})${is}\\?["'\x60]${scheme})[^"'\x60\n\\]{4,512}(?=\\?["'\x60])`, "gi");
const bare = (name: string) =>
  new RegExp(String.raw`(?<keep>(?:${name})${is}${scheme})(?:[^\s"'\x60,;\\&]|&(?!\w{1,30}=)){4,512}`, "gi");
const told = (name: string) =>
  new RegExp(
    String.raw`(?<keep>(?:${name})(?: (?:is|was|now|to)|(?<=--[\w-]{0,40})) ["'\x60]?)[^\s"'\x60,;\\]{6,512}`,
    "gi",
  );

/** Those that need nothing beside them: the only ones a single word can hold. */
export const bareSecrets: readonly Shape[] = [{ kind: kindOfKey, pattern: anyKey }];

/** In this order: what one took is no longer there for the next. */
export const secrets: readonly Shape[] = [
  {
    kind: "private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:[^-"]+-(?!----)){0,40}[^-"]*(?:-----END [A-Z0-9 ]{0,60}-----)?/g,
  },
  ...bareSecrets,
  {
    kind: "webhook",
    hint: /slack\.com|discord|webhook|telegram/,
    pattern:
      /(?<keep>\b(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|[\w-]{0,60}\.?webhook\.office\.com\/webhookb2|api\.telegram\.org)\/)[^\s"'<>\\?]{16,}/g,
  },
  { kind: "credentials", hint: /:\/\//, pattern: /(?<keep>:\/\/[^\s/@:"'\\]{0,100}:)[^\s/@"'\\[\]]{1,256}(?=@)/g },
  { kind: "credentials", pattern: /(?<keep>:\/\/)[\w-]{16,256}(?=@)/g, fits: (value) => isRandom(value) },
  {
    kind: "token",
    hint: /[?&]/,
    pattern:
      /(?<keep>[?&](?:api[_-]?key|subscription-key|(?:access|refresh|id|auth|session)?_?token|sig|signature|(?:client_)?secret|password|pwd|x-amz-(?:signature|security-token|credential)|x-goog-signature)=)[^&\s"'#\\<>[\]]{4,2048}/gi,
  },
  {
    kind: "token",
    hint: /[?&]/,
    pattern: /(?<keep>[?&](?:key|code|auth|session|jwt)=)[^&\s"'#\\<>[\]]{8,2048}/gi,
    fits: (value) => isRandom(value),
  },
  {
    kind: "cookie",
    hint: /cookie/i,
    pattern: /(?<keep>\b(?:set-)?cookie["']?\s{0,3}:\s{0,3}["']?)[\w.-]{1,100}=[^\n"'\\]{4,4096}/gi,
  },
  {
    kind: "token",
    hint: /bearer/i,
    pattern: /(?<keep>\bbearer\s{1,3})[\w.~+/=-]{8,4096}/gi,
    fits: (value) => isRandom(value),
  },
  {
    kind: "credentials",
    hint: /basic/i,
    pattern: /(?<keep>\bbasic\s{1,3})[A-Za-z0-9+/]{6,4096}={0,2}/gi,
    fits: isUserAndPassword,
  },
  { kind: "password", pattern: quoted(passwords), hint: passwordHint, fits: (value) => hasValue(value) },
  { kind: "password", pattern: bare(passwords), hint: passwordHint, fits: (value) => hasValue(value) },
  { kind: "secret", pattern: quoted(others), hint: otherHint, fits: (value) => isRandom(value) },
  { kind: "secret", pattern: bare(others), hint: otherHint, fits: (value) => isRandom(value) },
  {
    kind: "password",
    pattern: told(passwords),
    hint: passwordHint,
    fits: (value) => hasValue(value) && /\d/.test(value),
  },
  { kind: "secret", pattern: told(`secret|token|${keys}`), hint: otherHint, fits: (value) => isRandom(value) },
];

/** RFC 7617: base64 of `user:password`. */
function isUserAndPassword(base64: string): boolean {
  return /^[\x20-\x7e]{1,}:[\x20-\x7e]{1,}$/.test(Buffer.from(base64, "base64").toString("latin1"));
}

const secretName = new RegExp(
  `(?:^|[_. -])(?:${passwords}|${others}|cookie)$|(?:${passwords}|[a-z](?:Secret|Token))$`,
  "i",
);

const secretNameHint = new RegExp(`${passwordHint.source}|${otherHint.source}|cookie`, "i");

/** Does a key of that name (`api_key`, `DB_PASSWORD`, `x-auth-token`) hold a secret, so far as a name can say? */
export function isSecretName(name: string): boolean {
  if (!secretNameHint.test(name)) return false;
  return secretName.test(name) && !/hash|alias|(?:^|[_. -])(?:num|max|min|first|last|next|per)[_. -]/i.test(name);
}
