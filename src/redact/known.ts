import { Buffer } from "node:buffer";
import { redact } from "./redact.ts";

/** The secrets that this process was given, so that none of them leaves again. */
export interface Secrets {
  /** `place` is what stands instead: "[secret CONFIG_TOKEN]". Fewer than 6 characters are no secret and stay. */
  add(text: string, place: string): void;
  /** without the known ones, in any of their spellings: whole, broken over lines, or cut short by "..." */
  hideKnown(text: string): string;
  /** without the known ones and what looks like one */
  hide(text: string): string;
}

interface Spelling {
  text: string;
  /** a short one is only meant where it stands alone */
  alone: RegExp | undefined;
  said: string;
}

const least = 6;

export function openSecrets(): Secrets {
  const known = new Map<string, string>();
  let spellings: Spelling[] = [];
  const self: Secrets = {
    add(text, place) {
      const inner = insideHeader(text);
      if (inner !== undefined) self.add(inner, place);
      if (text.length < least || known.has(text)) return;
      const said = `[secret ${place}]`;
      known.set(text, said);
      const more = spellingsOf(text).map((spelling) => ({ text: spelling, alone: aloneOf(spelling), said }));
      // A secret may lie inside a longer one.
      spellings = [...spellings, ...more].sort((a, b) => b.text.length - a.text.length);
    },
    hideKnown(text) {
      let clean = text;
      for (const { text: spelling, alone, said } of spellings)
        if (spelling.length <= clean.length && clean.includes(spelling))
          clean = alone === undefined ? clean.replaceAll(spelling, () => said) : clean.replace(alone, () => said);
      if (clean.includes("\n") || clean.includes("\u001b")) clean = hideBroken(clean, spellings);
      return clean.includes("...") ? hideCut(clean, known) : clean;
    },
    hide: (text) => redact(self.hideKnown(text), "secrets"),
  };
  return self;
}

/** The token of "Bearer TOKEN", the password of "Basic BASE64". */
function insideHeader(text: string): string | undefined {
  const [, scheme = "", token] = /^(bearer|basic|token|apikey|key) +(\S+)$/i.exec(text) ?? [];
  if (token === undefined || scheme.toLowerCase() !== "basic") return token;
  return /:(.*)/.exec(Buffer.from(token, "base64").toString("utf8"))?.[1];
}

/** As it is, in a URL, in a form, in JSON, and in base64 wherever it begins there. */
function spellingsOf(text: string): string[] {
  const url = encodeURIComponent(text);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const lower = (encoded: string) => encoded.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());
  const json = JSON.stringify(text).slice(1, -1);
  const base64 = text.length < 8 ? [] : [0, 1, 2].flatMap((before) => base64At(text, before));
  return [...new Set([text, url, lower(url), form, lower(form), encodeURI(text), json, ...base64])];
}

/** The characters that its bytes alone decide when so many bytes stand before it. */
function base64At(text: string, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
  const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
  const core = bytes.toString("base64").slice(from, to);
  return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
}

function aloneOf(spelling: string): RegExp | undefined {
  if (spelling.length >= 12) return undefined;
  return new RegExp(`(?<![A-Za-z0-9])${quote(spelling)}(?![A-Za-z0-9])`, "g");
}

/** Colours, and the line breaks and indents that make a long word fit. */
const gap = "(?:\\u001b\\[[\\d;]*m|\\n *)";

function hideBroken(text: string, spellings: readonly Spelling[]): string {
  const joined = text.replace(new RegExp(gap, "g"), "");
  return spellings
    .filter(({ text: spelling, alone }) => alone === undefined && joined.includes(spelling))
    .reduce((clean, { text: spelling, said }) => {
      const broken = new RegExp(spelling.split("").map(quote).join(`${gap}*`), "g");
      return clean.replace(broken, () => said);
    }, text);
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

/** What was shortened in the middle of a secret shows how it begins. */
function hideCut(text: string, known: ReadonlyMap<string, string>): string {
  const parts = text.split("...");
  return parts.map((part, index) => (index === parts.length - 1 ? part : withoutBeginning(part, known))).join("...");
}

function withoutBeginning(part: string, known: ReadonlyMap<string, string>): string {
  const end = part.slice(-4);
  if (end.length < 4) return part;
  for (const [secret, said] of known)
    for (let at = secret.indexOf(end); at !== -1; at = secret.indexOf(end, at + 1))
      if (part.endsWith(secret.slice(0, at + 4))) return part.slice(0, -(at + 4)) + said;
  return part;
}
