/**
 * The worst case that a decision reserves: from the decision until the device must have stopped, whatever is lost on the way,
 * and beyond that its cooldown. Times are microseconds since 1970 by the database's clock.
 */
export interface Reservation {
  /** The last moment at which the device may start. */
  readonly deadlineMicros: number;
  readonly runEndMicros: number;
  readonly lockEndMicros: number;
}

/** A device has this long to start; then the command is void. Three transmissions fit. */
export const START_WITHIN_MS = 30_000;
/** In silence the same bytes are sent again after this long, while there is time left to start. */
export const RETRANSMIT_AFTER_MS = 10_000;
/** The device's timer may be late by this much. */
export const TIMER_TOLERANCE_MS = 100;
/** The device's clock may be slow by this much. */
export const DRIFT_PER_MILLE = 20;
/** Between the device's clock and ours when a deadline was turned from one into the other. */
export const CLOCK_UNCERTAINTY_MS = 1_000;
/** After its worst case has passed, evidence gets this much longer to arrive before a run is closed as unknown. */
export const EVIDENCE_GRACE_MS = 15_000;

export function reserve(decidedMicros: number, durationMs: number, cooldownMs: number): Reservation {
  const deadlineMicros = decidedMicros + START_WITHIN_MS * 1000;
  const longestMs = durationMs + Math.ceil((durationMs * DRIFT_PER_MILLE) / 1000) + TIMER_TOLERANCE_MS;
  const runEndMicros = deadlineMicros + (longestMs + CLOCK_UNCERTAINTY_MS) * 1000;
  return { deadlineMicros, runEndMicros, lockEndMicros: runEndMicros + cooldownMs * 1000 };
}
