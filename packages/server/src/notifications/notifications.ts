import type { Pool, PoolClient } from "pg";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Sealer } from "../platform/secret.ts";
import type { RandomBytes } from "../platform/secret-token.ts";
import type { Senders } from "./channel.ts";
import type { AllowPrivate } from "./senders/allow-private.ts";

/** What the use cases of notifications work with; made once by `main.ts`. */
export interface Notifications {
  readonly pool: Pool;
  /** Of workers; all processes of an installation should agree about the time to within seconds. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sealer: Sealer;
  readonly randomBytes: RandomBytes;
  /** 0 ≤ random < 1, for the jitter of pauses. */
  readonly random: () => number;
  /** A random UUID. */
  readonly newId: () => string;
  readonly senders: Senders;
  readonly allowPrivate: AllowPrivate;
  /** Does nobody need to be told of this alert any more? Alerts are another feature's, hence a function. */
  readonly isAcknowledged: (alertId: string) => Promise<boolean>;
  /** Writes the audit trail in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: NotificationChange) => Promise<void>;
}

/** Who changes something, and of which organization: no use case reaches beyond it. */
export interface Requester {
  readonly organizationId: number;
  /** "user:<id>", "client:<id>" or "system". */
  readonly actor: string;
  readonly address?: string | undefined;
  /** Throws `request.stale` unless what is to be changed is as the caller has seen it; use cases ask it under their lock. */
  readonly assertSeen?: ((current: unknown) => void) | undefined;
}

export interface NotificationChange {
  /** "channel.create": the resource and the verb. */
  readonly action: string;
  /** "channel:<id>". */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One connection inside a transaction, or the pool where a single statement stands alone. */
export type Queryable = Pool | PoolClient;

export function nowMs({ clock }: Pick<Notifications, "clock">): number {
  return Math.floor(clock.nowMicros() / 1000);
}
