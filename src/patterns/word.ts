/** What a word holds, as the walk over the text saw it. */
export const holds = { digit: 1, slash: 2, at: 4, colon: 8 } as const;

const date = /^\d{4}-\d\d-\d\d(?![\d-])/;
const clock = /^\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const ip4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$/;
const ip6 = /^(?=(?:[^:]*:){2})[\da-f:.]+$/i;
const number = /^([-+$#~]*)\d[\d.,_]*(%?)$/;
const duration = /^-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|sec|min))+$/;
const size = /^\d+(?:\.\d+)?([kmgt]i?b?|b|x)$/i;
const path = /^(?:[/\\]|\.{1,2}[/\\]|~\/|[a-z]:[/\\])./i;

/**
 * What stands for a word that holds a digit, a slash, an at sign or a colon; undefined: the word itself. `announced`: a
 * word before it says that a status code follows.
 */
export function classify(
  word: string,
  flags: number,
  announced: boolean,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const name = names.get(word);
  if (name !== undefined) return `<${name}>`;
  if (flags & holds.colon && word.includes("://")) return "<url>";
  if (flags & holds.at && /^[^@]+@[^@]+\.[^@]+$/.test(word)) return "<email>";
  if (flags & holds.slash && path.test(word)) return "<path>";
  if (!(flags & holds.digit) || /(?:Error|Exception)$/.test(word)) return undefined;
  const plain = number.exec(word);
  if (plain !== null)
    return announced && /^[45]\d\d$/.test(word)
      ? undefined
      : ip4.test(word)
        ? "<ip>"
        : `${plain[1]!.replace(/[-+]/g, "")}<n>${plain[2]}`;
  if (date.test(word) || clock.test(word)) return "<time>";
  if (ip4.test(word) || (flags & holds.colon && ip6.test(word))) return "<ip>";
  if (duration.test(word)) return "<duration>";
  const sized = size.exec(word);
  if (sized !== null) return `<n>${sized[1]!}`;
  if (flags & holds.colon) return parts(word, names);
  if (/^\d+(?:\/\d+)+$/.test(word)) return word.replace(/\d+/g, "<n>");
  return /^https?\/[\d.]+$/i.test(word) ? undefined : "<id>";
}

/** "attempt:3" is two words. */
function parts(word: string, names: ReadonlyMap<string, string>): string {
  let last = "";
  const masked = word.split(":").map((part) => {
    const announced = announces(last);
    last = part;
    const flags = (/\d/.test(part) ? holds.digit : 0) | (/[/\\]/.test(part) ? holds.slash : 0);
    return classify(part, flags, announced, names) ?? part;
  });
  return masked.join(":");
}

/** Behind such a word 503 is a status code and no mere number. */
export function announces(word: string): boolean {
  return /^(?:https?(?:\/[\d.]+)?|\w*status\w*|\w*code|error|errno|answered|returned|response)$/i.test(word);
}
