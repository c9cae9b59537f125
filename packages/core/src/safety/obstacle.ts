/** Which limit spoke; the last part of the error code that a person sees (`actuator.cooldown`). */
export type Limit =
  | "invalid_duration"
  | "max_run"
  | "dose_unsupported"
  | "invalid_amount"
  | "max_dose"
  | "locked_out"
  | "manual_mode"
  | "tripped"
  | "site_stopped"
  | "held"
  | "unknown"
  | "running"
  | "interlock"
  | "preempting"
  | "yielding"
  | "min_off"
  | "cooldown"
  | "max_starts_per_day"
  | "max_run_per_day"
  | "offline"
  | "stale_reading"
  | "permissive"
  | "waited_too_long";

/** What stands against a run. */
export interface Obstacle {
  readonly limit: Limit;
  readonly message: string;
  /** When it has passed, or is worth asking about again; undefined: time alone does not help. */
  readonly untilMicros?: number | undefined;
}
