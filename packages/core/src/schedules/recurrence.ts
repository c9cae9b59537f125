/** Local times, by a rule that knows a calendar and no time zone. */
export interface Recurrence {
  /** The first local time at or after `fromMs` and before `toMs`; undefined: there is none. Bounded by the time between both. */
  next(fromMs: number, toMs: number): number | undefined;
  /** No occurrence after this instant, by a rule that ends in UTC. */
  readonly lastUtcMs?: number | undefined;
}
