/** Times for people are UTC. A time that no calendar knows is said, not guessed. */
function iso(at: number): string | undefined {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? undefined : date.toISOString();
}

/** "03:12:04" */
export function sayTime(at: number): string {
  return iso(at)?.slice(-13, -5) ?? "(no time)";
}

/** "03:12" */
export function sayMinute(at: number): string {
  return iso(at)?.slice(-13, -8) ?? "(no time)";
}

/** "2026-11-21" */
export function sayDate(at: number): string {
  return iso(at)?.slice(0, -14) ?? "(no date)";
}

/** The time, with its date where that is another than the date of `near`. */
export function sayMoment(at: number, near: number): string {
  return sayDate(at) === sayDate(near) ? sayTime(at) : `${sayDate(at)} ${sayTime(at)}`;
}
