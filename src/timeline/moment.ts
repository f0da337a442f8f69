/** Times for people are UTC. A time that no calendar knows is undefined: it is said, not guessed. */
export function iso(at: number): string | undefined {
  return isInCalendar(at) ? new Date(at).toISOString() : undefined;
}

const dayMs = 86_400_000;

/** "03:12:04" */
export function sayTime(at: number): string {
  return isInCalendar(at) ? `${sayMinute(at)}:${two(Math.floor(at / 1000) % 60)}` : "(no time)";
}

/** "03:12" */
export function sayMinute(at: number): string {
  if (!isInCalendar(at)) return "(no time)";
  const minutes = Math.floor((at % dayMs) / 60_000);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** "2026-11-21" */
export function sayDate(at: number): string {
  return iso(at)?.slice(0, -14) ?? "(no date)";
}

/** The time, with its date where that is another than the date of `near`. */
export function sayMoment(at: number, near: number): string {
  return Math.floor(at / dayMs) === Math.floor(near / dayMs) ? sayTime(at) : `${sayDate(at)} ${sayTime(at)}`;
}

/** "03:12", with month and day where these are not those of `near`: "11-20 03:12". For lists. */
export function sayBrief(at: number, near: number): string {
  const isSameDay = Math.floor(at / dayMs) === Math.floor(near / dayMs);
  return isSameDay || !isInCalendar(at) ? sayMinute(at) : `${sayDate(at).slice(-5)} ${sayMinute(at)}`;
}

/** From 1970 to the end of the year 9999. */
function isInCalendar(at: number): boolean {
  return at >= 0 && at < 253_402_300_800_000;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
