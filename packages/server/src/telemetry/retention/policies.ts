/**
 * How long readings and their quarter-hours are kept, in days; null: for ever.
 *
 *   readings → quarter-hours (rawDays) → days (quarterDays) → months (dayDays) → nothing (rollupDays)
 */
export interface Retention extends RetentionDays {
  readonly policy: Policy;
  /** While it stands, nothing goes. */
  readonly hold: LegalHold | null;
}

export interface RetentionDays {
  readonly rawDays: number | null;
  /** Quarter-hours, and the hours that are made of them. */
  readonly quarterDays: number | null;
  readonly dayDays: number | null;
  /** Whatever is left. */
  readonly rollupDays: number | null;
}

export type Policy = "keep" | "thin" | "own";

export interface LegalHold {
  readonly reason: string;
  readonly since: Date;
}

export const MAX_RETENTION_DAYS = 36_500;

/** What is due is let go of a day later, if it is due then too: a clock that was set forward by mistake takes nothing at once. */
export const NOTICE_MS = 24 * 3_600_000;

export const POLICIES: Readonly<Record<Exclude<Policy, "own">, RetentionDays>> = {
  keep: { rawDays: 730, quarterDays: null, dayDays: null, rollupDays: null },
  thin: { rawDays: 7, quarterDays: 90, dayDays: 730, rollupDays: null },
};

/** Of a profile of which nobody has said anything. */
export const DEFAULT_RETENTION: Retention = { policy: "keep", ...POLICIES.keep, hold: null };
