import { shorten } from "../harmless.ts";
import type { Expected, Probed } from "../timeline/probe.ts";
import { readPlace, type Answer } from "./answer.ts";
import type { ProbeSettings } from "./schema.ts";

type Judged = Pick<Probed, "verdict" | "why" | "reported">;
type Rules = Pick<ProbeSettings, "refused" | "reports" | "body">;

/** What an answer says of what was expected. Where it says neither yes nor no, that is unknown, with why. */
export function judge(expect: Expected, answer: Answer, rules: Rules): Judged {
  if ("refused" in expect) return judgeRefusal(answer, rules);
  if (!answer.served) return unknown(`it answers ${sayAnswer(answer)}, so it reports nothing`);
  const place = rules.reports[expect.reports];
  const reported = place === undefined ? undefined : readPlace(answer, place);
  if (reported === undefined) return unknown(`the answer does not report its ${expect.reports}`);
  const told = expect.reports === "max_tokens" ? judgeCap(expect.atMost, reported, rules) : judgeName(expect, reported);
  return { ...told, reported: shorten(reported, 100) };
}

function judgeRefusal(answer: Answer, { refused: { statuses, reasons } }: Rules): Judged {
  for (const { status, pointer, is } of reasons) {
    const reason = status.includes(answer.status) ? readPlace(answer, { pointer }) : undefined;
    if (reason !== undefined && is.includes(reason))
      return { verdict: "yes", why: `it was refused: ${sayAnswer(answer)}`, reported: shorten(reason, 100) };
  }
  if (answer.served) return { verdict: "no", why: `it was served (${answer.status})` };
  if (statuses.includes(answer.status) && !answer.page)
    return { verdict: "yes", why: `it was refused: ${sayAnswer(answer)}` };
  return unknown(`it answers ${sayAnswer(answer)}, which is not how this gateway refuses`);
}

function judgeName({ is, was }: { is: string[]; was: string[] }, reported: string): Judged {
  const [fits, old] = [is, was].map((names) => names.some((name) => isNamed(name, reported)));
  const said = `it reports ${shorten(reported, 100)}`;
  if (fits === old)
    return unknown(`${said}, which ${fits ? "both names fit" : "is neither what was nor what is to be"}`);
  return { verdict: fits ? "yes" : "no", why: said };
}

/** What requests call their own cap, which a gateway may only repeat. */
const capNames = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

function judgeCap(atMost: number, reported: string, { body }: Rules): Judged {
  const cap = Number(reported);
  if (!Number.isFinite(cap) || cap < 0) return unknown(`it reports ${shorten(reported, 40)}, which is no cap`);
  const asked = body === undefined ? [1] : capNames.map((name) => body[name]);
  const said = `it reports a cap of ${cap}`;
  if (asked.includes(cap) && cap <= atMost) return unknown(`${said}, which is what was asked for`);
  return { verdict: cap <= atMost ? "yes" : "no", why: said };
}

/**
 * "gpt-4o-mini-2024-07-18" is a gpt-4o-mini: gateways report the dated name, and may put the provider before it; it is no
 * gpt-4o, though.
 */
function isNamed(name: string, reported: string): boolean {
  const [wanted, found] = [name, reported].map((text) => text.slice(text.lastIndexOf("/") + 1).toLowerCase());
  if (!found!.startsWith(wanted!)) return false;
  return /^$|^[-@:](v?\d[\d.:-]*|latest)$/.test(found!.slice(wanted!.length));
}

/** "503, route_disabled: this route is off" */
function sayAnswer({ status, page, says }: Answer): string {
  const words = page ? "a web page (is a login in front of it?)" : says;
  return `${status}${words === "" ? "" : `, ${words}`}`;
}

function unknown(why: string): Judged {
  return { verdict: "unknown", why };
}
