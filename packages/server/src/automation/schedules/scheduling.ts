import type { Pool } from "pg";
import type { Actuation } from "../../actuation/index.ts";
import type { Queryable } from "./schedule-store.ts";

/** What the use cases of schedules work with; made once by `main.ts`. */
export interface Scheduling {
  readonly pool: Pool;
  readonly actuation: Actuation;
  /** A random UUID. */
  readonly newId: () => string;
  /**
   * The database's clock, so that all processes agree on what is due. Whoever changes a schedule asks on the connection that has
   * it locked, after it has: an answer from before the lock is older than what others have done meanwhile.
   */
  readonly nowMicros: (db: Queryable) => Promise<number>;
  /** A next run may be another one now, and is committed: a nudge to the worker in this process, if it has one. */
  readonly onScheduleChanged: () => void;
}
