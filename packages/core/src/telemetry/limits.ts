/** Limits of what one message may be. Each is named in the error that a sender gets when it is passed. */
export const MAX_METRICS_PER_PROFILE = 256;
export const MAX_VALUES_PER_MESSAGE = 256;
export const MAX_KEY_BYTES = 256;
export const MAX_EXTRAS_BYTES = 16 * 1024;
export const MAX_NESTING_DEPTH = 16;
/** A reading further ahead of the server's clock than this is refused. */
export const MAX_TIME_AHEAD_MICROS = 10 * 60 * 1_000_000;
/** Times before 1970 are refused: no device has kept any. */
export const MIN_TIME_MICROS = 0;
/** After this long of nothing but late readings, a device's clock was set back, and its readings act again. */
export const CLOCK_STEPPED_BACK_MICROS = 10 * 60 * 1_000_000;
/** The longest time over which readings are compared to judge them: 24 days, which fit the database's integers. */
export const MAX_VALIDITY_WINDOW_MS = 24 * 86_400_000;
