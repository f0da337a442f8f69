/**
 * Fires after `ms` of real time, whatever clock the world has. Only for ending work that would never end by itself;
 * nothing may be decided or recorded by it.
 */
export function deadline(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}
