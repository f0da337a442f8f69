/** After an interrupt, a write that is out may still be answered for so long (ms), and be read back. */
export const lastChanceMs = 5000;

/** For whom nothing interrupts. */
export const never: AbortSignal = new AbortController().signal;

/** Fires when that time is over. */
export function openLastChance(interrupted: AbortSignal): AbortSignal {
  if (interrupted === never) return never;
  const over = new AbortController();
  const begin = () => void setTimeout(() => over.abort(interrupted.reason), lastChanceMs).unref();
  if (interrupted.aborted) begin();
  else interrupted.addEventListener("abort", begin, { once: true });
  return over.signal;
}
