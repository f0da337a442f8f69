import { nextMove, sayStatus, type Answered, type Speaker } from "./httpWords.ts";

/** What an answer that is no plain success means, in one sentence without a full stop, and what to do about it. */
export function sayEtcd(answered: Answered, speaker: Speaker): { why: string; next: string } {
  const { host } = speaker;
  const { status, body } = answered;
  if (/user name is empty/.test(body))
    return {
      why: `${host} answered ${status}: it wants to know who asks`,
      next: "set user and password on this target in llmops.yaml",
    };
  if (/invalid auth token|revision of auth store is old/.test(body))
    return { why: `${host} answered ${status}: it no longer takes the token that it gave us`, next: "try again" };
  if (/permission denied/.test(body))
    return {
      why: `${host} answered ${status}: this user may not do this`,
      next: "grant the user a role that may read and write the key, or change it by hand",
    };
  if (isFull(answered))
    return {
      why: `${host} answered ${status}: its database is full, and it takes no writes (alarm NOSPACE)`,
      next: "make room (etcdctl compact, defrag, alarm disarm), or change it by hand where it is read",
    };
  return { why: sayStatus(answered, speaker), next: nextMove(answered, speaker) };
}

/** Refused before it is given to the log that the members share. */
export function isFull({ body }: Answered): boolean {
  return /mvcc: database space exceeded/.test(body);
}
