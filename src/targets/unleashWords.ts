import { readAt } from "../document/edit.ts";
import { harmless } from "../harmless.ts";
import type { Written } from "../timeline/setting.ts";
import { isPage, mayHaveWritten, nextMove, sayStatus, type Answered, type Speaker } from "./httpWords.ts";
import { strategiesIn, type Flag } from "./unleashFlag.ts";

/** Why Unleash does not do it, and what the reader can do; `place`: "project default, environment production". */
export function refusal(answered: Answered, speaker: Speaker, place: string): [why: string, next: string] {
  const { status, body } = answered;
  const said = readAt(body, "json", "/details/0/message");
  // its message only says that the details say it
  const detail = "value" in said && "is" in said.value && typeof said.value.is === "string" ? said.value.is : body;
  const detailed = { ...answered, body: detail };
  const [token] = Object.values(speaker.places);
  if (status === 403 && /token type/.test(body))
    return [
      `${speaker.host} answered 403: this is no token of its admin API (one of an SDK may not change flags)`,
      `put the token of an admin or a service account into ${token} (token of the target in llmops.yaml)`,
    ];
  if (status === 403 && /SKIP_CHANGE_REQUEST|change request/i.test(body))
    return [
      `${speaker.host} answered 403: ${place} takes changes by change request only, and this token may not skip them`,
      "open the change request in Unleash, or ask for a token that may skip them",
    ];
  return [sayStatus(detailed, speaker), nextMove(answered, speaker)];
}

/** A 404 of Unleash about a flag, and not of something before it or about the whole address. */
export function saysNoFlag(body: string): boolean {
  return /"NotFoundError"/.test(body) && !/path you were looking for/.test(body);
}

/** What the answer to a write means; undefined: it says yes, which proves nothing. */
export function judge(answered: Answered, speaker: Speaker, place: string): Written | undefined {
  const { status, headers, body } = answered;
  const [why, next] = refusal(answered, speaker, place);
  if (mayHaveWritten(status)) return { unknown: true, why, next };
  if (status >= 400) return { refused: true, why, next };
  if (isPage(headers["content-type"], body))
    return { unknown: true, why: `${speaker.host} answered the write with a web page (is a login in front of it?)` };
  return undefined;
}

/** What whoever changes a flag must know about it. */
export function notesOn({ text, parents }: Flag): string[] {
  const active = strategiesIn(text).filter(({ disabled }) => !disabled).length;
  return [
    ...(active === 0 ? ["no strategy of it is enabled: once off, it cannot be turned on from here"] : []),
    ...(active > 1 ? [`it has ${active} enabled strategies, and whom one of them leaves out another may let in`] : []),
    ...parents.map((parent) => `it depends on flag ${harmless(parent)}, whatever it says itself`),
  ];
}
