/** How long a delivery waits between attempts, and when it is given up. Randomness is an argument: 0 ≤ random < 1. */

export const FIRST_RETRY_MS = 10_000;
export const LONGEST_RETRY_MS = 3_600_000;
/** Older than this a delivery is given up after one last attempt. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** A message that its receiver refuses is given up earlier: nothing says that tomorrow it would be taken. */
export const MAX_REFUSALS = 5;
/** A receiver may ask for a longer pause than ours, up to this. */
const LONGEST_RETRY_AFTER_MS = GIVE_UP_AFTER_MS;

/** Failures in a row after which a channel counts as down. */
export const DOWN_AFTER_FAILURES = 3;
/** A channel that is down is probed this often at least, so that it is not long back before that is noticed. */
export const LONGEST_PROBE_MS = 60_000;
/** A message that failed this often lets others of its group pass. */
export const STUCK_AFTER_ATTEMPTS = 3;
/** One probe in so many carries a message that is not stuck: what is wrong may be the message and not the channel. */
const FRESH_PROBE_INTERVAL = 4;

/** 10 s, 20 s, 40 s … 1 h, each up to a quarter longer, so that channels that failed together do not come back together. */
export function retryDelayMs(attempts: number, random: number, retryAfterMs = 0): number {
  const asked = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return Math.max(Math.min(grown(attempts) * (1 + random / 4), LONGEST_RETRY_MS), asked);
}

export function probeDelayMs(failures: number, random: number): number {
  return Math.min(grown(failures - DOWN_AFTER_FAILURES + 1) * (1 + random / 4), LONGEST_PROBE_MS);
}

export function isDown(failures: number): boolean {
  return failures >= DOWN_AFTER_FAILURES;
}

export function probesWithFresh(failures: number): boolean {
  return isDown(failures) && failures % FRESH_PROBE_INTERVAL === FRESH_PROBE_INTERVAL - 1;
}

function grown(count: number): number {
  // 2^20 is past every limit, and no exponent may overflow.
  return FIRST_RETRY_MS * 2 ** Math.min(count - 1, 20);
}
