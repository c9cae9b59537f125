import type { Pool } from "pg";
import type { Actuation } from "../../actuation/index.ts";

/** What the use cases of schedules work with; made once by `main.ts`. */
export interface Scheduling {
  readonly pool: Pool;
  readonly actuation: Actuation;
  /** A random UUID. */
  readonly newId: () => string;
  /** The database's clock, so that all processes agree on what is due. */
  readonly nowMicros: () => Promise<number>;
  /** A next run may be another one now, and is committed: a nudge to the worker in this process, if it has one. */
  readonly onScheduleChanged: () => void;
}
