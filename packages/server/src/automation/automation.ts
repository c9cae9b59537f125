import type { Pool } from "pg";
import type { Actuation } from "../actuation/index.ts";
import type { AlertEffects } from "../alerts/index.ts";

/** What automation works with; made once by `main.ts`. */
export interface Automation {
  readonly pool: Pool;
  readonly actuation: Actuation;
  /** What the alerts of folded transitions tell, and to whom. */
  readonly alerts: AlertEffects;
  /** A random UUID. */
  readonly newId: () => string;
  /** Time of the newest stored reading of a metric of a device, or undefined. */
  readonly latestReadingMicros: (deviceId: number, metricNumber: number) => Promise<number | undefined>;
}
