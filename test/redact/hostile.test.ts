import { expect, it } from "vitest";
import { openSecrets } from "../../src/redact/known.ts";
import { redact } from "../../src/redact/redact.ts";

const size = 1 << 20;
const begin = `-----BEGIN ${"PRIVATE"} KEY-----`;

/** Each made to keep one of the patterns busy at every place. */
const nasty = [
  "a",
  "a@",
  "a.",
  "a@a.a.a.a.a.a.a.a.a.a.1 ",
  "1",
  "4111 1111 1111 ",
  "4111-",
  "+1 ",
  "+1-",
  "sk-",
  "sk-a",
  begin,
  begin + "a-".repeat(50),
  "password=",
  'password="',
  'password="aaaa ',
  "password\t\t\t",
  "--password ",
  "://",
  `://${"a".repeat(100)}:`,
  "?token=",
  "eyJaaaaaaaa.",
  "eyJaaaaaaaa-",
  " ",
  "DE89 3704 ",
  "1.1.1.1.",
  "2001:",
  "2001::",
  "bearer ",
  "authorization: bearer ",
  "cookie: a=",
  "tel ",
  "tel 1",
  "(212) 555-",
  "0123 ",
  "_",
  "-",
  '"',
  "\\",
  "\n",
  "é",
  "~8Q",
  "12345678:AA",
  "hash_",
  "...",
  "....z",
  "\u001b[31m",
];

// Steps of a quadratic pattern would be 10^12 here: hours. The limit is the test's own.
it.each(nasty)("K03: a mebibyte of %j takes no longer than it is long", (part) => {
  const text = part.repeat(Math.ceil(size / part.length));
  const secrets = openSecrets();
  secrets.add("z....zz..zzz-zebra", "TOKEN");
  expect(redact(text, "all").length).toBeGreaterThan(0);
  expect(secrets.hideKnown(text)).toBe(text);
});
