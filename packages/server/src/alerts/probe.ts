import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { Clock } from "../platform/clock.ts";

/** Something within Sluice that is not as it should be. */
export interface Trouble {
  /** Undefined: it concerns the whole installation. */
  readonly organizationId?: number;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly message: string;
  readonly value?: number;
}

/** Looks at one thing within Sluice, every few seconds. */
export interface Probe {
  /** The key of its alerts: "disk:<host>". Whoever watches the same thing uses the same one. */
  readonly source: string;
  /** It has to be found for so long before it is told. */
  readonly forMs: number;
  /** At most one trouble an organization; none when all is well. Rejects when it cannot tell, which changes nothing. */
  readonly check: () => Promise<readonly Trouble[]>;
}

/** Rejects when the work has not ended by then; it may go on. */
export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> {
  let cancel = () => {};
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
  });
  return Promise.race([work, timeout]).finally(() => cancel());
}
