import { nextMove, sayStatus, type Answered, type Speaker } from "./httpWords.ts";

/** What an answer that is no plain success means, in one sentence without a full stop, and what to do about it. */
export function sayConsul(answered: Answered, speaker: Speaker): { why: string; next: string } {
  const { host, places } = speaker;
  const [token] = Object.values(places);
  if (hasNoLeader(answered))
    return {
      why: `${host} answered ${answered.status}: its cluster has no leader, and can neither be read nor written now`,
      next: "see that most of its servers run and reach each other (consul operator raft list-peers), or change it by hand where it is read",
    };
  if (answered.status !== 403) return { why: sayStatus(answered, speaker), next: nextMove(answered, speaker) };
  if (token === undefined)
    return { why: `${host} answered 403: it wants a token for this`, next: "set token on this target in llmops.yaml" };
  const renew = `${token} (token of the target in llmops.yaml)`;
  if (/ACL not found/i.test(answered.body))
    return {
      why: `${host} answered 403: it does not know this token (ACL not found)`,
      next: `renew ${renew}, then try again`,
    };
  return {
    why: sayStatus(answered, speaker),
    next: `use a token whose policy allows it in ${renew}, or change it by hand`,
  };
}

/** Said before anything is given to the log that the servers share: such a write was certainly not made. */
export function hasNoLeader({ status, body }: Answered): boolean {
  return status === 500 && /No cluster leader\s*$/.test(body);
}
