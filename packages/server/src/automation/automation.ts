import type { Pool } from "pg";
import type { Actuation } from "../actuation/index.ts";

/** What automation works with; made once by `main.ts`. */
export interface Automation {
  readonly pool: Pool;
  readonly actuation: Actuation;
  /** A random UUID. */
  readonly newId: () => string;
  /** Time of the newest stored reading of a metric of a device, or undefined. */
  readonly latestReadingMicros: (deviceId: number, metricNumber: number) => Promise<number | undefined>;
}
