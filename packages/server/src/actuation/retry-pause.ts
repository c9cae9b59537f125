/** A run that is proven not to have happened is tried again after these, give or take JITTER; then it is a dead letter. */
export const RETRY_PAUSES_MS: readonly number[] = [10_000, 60_000, 300_000];
export const MAX_RETRIES = RETRY_PAUSES_MS.length;
/** What failed together (a gateway was away) does not come back together. */
export const JITTER = 0.1;

/** Refusals of a device that has not rested for long enough. */
const RESTING: readonly (string | undefined)[] = ["cooldown", "min_off"];

export interface FailedAttempt {
  readonly executionId: string;
  /** How often it has been tried again before. */
  readonly retries: number;
  /** The device's, if it gave one. */
  readonly reason: string | undefined;
  /** The pause that the command asked for after a run. */
  readonly cooldownMs: number | null;
}

/**
 * Milliseconds until the next attempt; undefined when this was the last. The same attempt of the same execution always waits
 * equally long. The last pause before a device that says it is still resting outlasts its whole rest: a device that was switched
 * off does not know how long, and rests anew.
 */
export function retryPauseMs({ executionId, retries, reason, cooldownMs }: FailedAttempt): number | undefined {
  const pauseMs = RETRY_PAUSES_MS[retries];
  if (pauseMs === undefined) return undefined;
  const share = fractionOf(`${executionId} ${retries}`);
  const jitteredMs = pauseMs * (1 - JITTER + 2 * JITTER * share);
  const isLast = retries === MAX_RETRIES - 1;
  const restMs = isLast && RESTING.includes(reason) ? (cooldownMs ?? 0) * (1 + JITTER * share) : 0;
  return Math.round(Math.max(jitteredMs, restMs));
}

/** A text's own number in [0, 1): FNV-1a of 32 bits. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
