export interface Stopped {
  wrong: string;
}

/** What is read ends at `to`; `fitsEmpty` where it takes no character. */
type Read = Stopped | { to: number; fitsEmpty?: boolean };

/** A backslash and what belongs to it, outside of square brackets. */
export function readEscape(text: string, at: number): Read {
  switch (text[at + 1]) {
    case "A":
    case "z":
    case "B":
      return { to: at + 2, fitsEmpty: true };
    case "b":
      return { to: at + 2 };
    case "Q": {
      const end = text.indexOf("\\E", at + 2);
      if (end === -1) return { wrong: "\\Q is not ended by \\E" };
      return { to: end + 2, fitsEmpty: end === at + 2 };
    }
    default:
      return readSet(text, at) ?? readCharacter(text, at);
  }
}

/** `\d`, `\pL`, `\p{Greek}`: one character of several. */
function readSet(text: string, at: number): Read | undefined {
  const letter = text[at + 1] ?? "";
  if (/[dDsSwW]/.test(letter)) return { to: at + 2 };
  if (!/[pP]/.test(letter)) return undefined;
  const [all, short, long] = /^(?:([^{])|\{\^?([^}]*)\})/u.exec(text.slice(at + 2)) ?? [];
  if (all === undefined) return { wrong: `\\${letter} is not followed by a class like {Greek}` };
  const name = short ?? long!;
  if (!isUnicodeClass(name)) return { wrong: `there is no class of characters ${text.slice(at, at + 2)}{${name}}` };
  return { to: at + 2 + all.length };
}

function isUnicodeClass(name: string): boolean {
  if (/^(C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Any)$/.test(name)) return true;
  if (!/^[A-Z][A-Za-z_]{2,}$/.test(name)) return false;
  try {
    new RegExp(`\\p{Script=${name}}`, "u");
    return true;
  } catch {
    return false;
  }
}

/** One character, written with a backslash. */
function readCharacter(text: string, at: number): Stopped | { to: number; code: number } {
  const rest = text.slice(at + 1, at + 12);
  if (rest === "") return { wrong: "it ends with a backslash" };
  if (/^[1-7](?![0-7])|^[89]/.test(rest)) return { wrong: `Go has no back references like \\${rest[0]}` };
  const [octal] = /^[0-7]{1,3}/.exec(rest) ?? [];
  if (octal !== undefined) return { to: at + 1 + octal.length, code: Number.parseInt(octal, 8) };
  const [hex, long, short] = /^x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(rest) ?? [];
  if (hex !== undefined) {
    const code = Number.parseInt(long ?? short!, 16);
    return code > 0x10ffff ? { wrong: `there is no character \\${hex}` } : { to: at + 1 + hex.length, code };
  }
  const control = "afnrtv".indexOf(rest[0]!);
  if (control !== -1) return { to: at + 2, code: [7, 12, 10, 13, 9, 11][control]! };
  if (/^[\x00-\x7f]/.test(rest) && !/^[A-Za-z0-9]/.test(rest)) return { to: at + 2, code: rest.charCodeAt(0) };
  return { wrong: `\\${String.fromCodePoint(rest.codePointAt(0)!)} means nothing` };
}

/** `[a-z\d]`, from its opening bracket. */
export function readClass(text: string, from: number): Read {
  let at = from + 1;
  if (text[at] === "^") at += 1;
  for (let first = true; first || text[at] !== "]"; first = false) {
    if (at >= text.length) return { wrong: "a [ is not closed" };
    const [posix] = /^\[:[^]*?:\]/.exec(text.slice(at, at + 40)) ?? [];
    if (posix !== undefined) {
      if (!named.test(posix)) return { wrong: `there is no class of characters ${posix}` };
      at += posix.length;
      continue;
    }
    const set = text[at] === "\\" ? readSet(text, at) : undefined;
    if (set !== undefined) {
      if ("wrong" in set) return set;
      at = set.to;
      continue;
    }
    const low = readOne(text, at);
    if ("wrong" in low) return low;
    at = low.to;
    if (text[at] !== "-" || at + 1 >= text.length || text[at + 1] === "]") continue;
    const high = readOne(text, at + 1);
    if ("wrong" in high) return high;
    at = high.to;
    if (high.code < low.code) return { wrong: `the range ${text.slice(from + 1, at)} goes backwards` };
  }
  return { to: at + 1 };
}

const named = /^\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]$/;

function readOne(text: string, at: number): Stopped | { to: number; code: number } {
  if (at >= text.length) return { wrong: "a [ is not closed" };
  if (text[at] === "\\") return readCharacter(text, at);
  const code = text.codePointAt(at)!;
  return { to: at + (code > 0xffff ? 2 : 1), code };
}
