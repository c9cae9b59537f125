/** A report that takes longer is given up, and tried again. */
export const MAX_JOB_MS = 300_000;
/** Of one run; then it has failed. */
export const MAX_ATTEMPTS = 5;
/** Whoever has claimed a run renews this while it works: what a dead process had is taken over after it. */
export const LEASE_MS = 60_000;
export const RENEW_MS = 15_000;
/** After the first attempt; four times longer after each further one. */
export const FIRST_PAUSE_MS = 10_000;
/** Made at the same time in one process, and of these how many of schedules: they never keep a person waiting. */
export const MAX_JOBS = 2;
export const MAX_BULK_JOBS = 1;
/** Of one organization, asked for and not made yet: further ones are refused. */
export const MAX_QUEUED_URGENT = 100;

/** Reports that are made while somebody waits for the answer, at the same time in one process; each may take a hundred megabytes. */
export const MAX_ANSWERED_AT_ONCE = 2;
/** Who may wait for their turn; further ones are told to come back. */
export const MAX_WAITING_FOR_ANSWERS = 16;
export const BUSY_RETRY_MS = 10_000;

/** Of one report; more are refused, and the mend is to split the site. */
export const MAX_DEVICES = 10_000;
/** Rows of device and bucket of one question to the telemetry: about a hundred megabytes. */
export const MAX_ROWS_A_QUERY = 100_000;
/** The newest alerts that are listed; the others are counted. */
export const MAX_ALERTS_LISTED = 200;
/** Counted up to this; then "at least". */
export const MAX_ALERTS_COUNTED = 20_000;

/** Periods that a schedule makes up for after Sluice was down; older ones are counted as missed. */
export const MAX_MADE_UP = 7;
export const DEFAULT_KEEP_DAYS = 400;
export const MAX_KEEP_DAYS = 36_500;
export const MAX_RECIPIENTS = 20;
export const MAX_SCHEDULES = 1_000;

/** A mail is tried so long. */
export const MAIL_LIFETIME_MS = 3 * 86_400_000;
export const MAIL_LEASE_MS = 60_000;
export const FIRST_MAIL_PAUSE_MS = 5_000;
export const LAST_MAIL_PAUSE_MS = 15 * 60_000;
/** Larger ones are not attached: many mail servers refuse them. The mail names the place where they are. */
export const MAX_ATTACHED_BYTES = 10 * 1024 * 1024;
