import type { Pool, PoolClient } from "pg";
import type { Notice } from "../notifications/index.ts";

/** What the use cases of alerts work with; made once by `main.ts`. */
export interface Alerts extends AlertEffects {
  readonly pool: Pool;
  /** Appends to the audit, in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: Change) => Promise<void>;
}

/** What changing an alert needs from outside. */
export interface AlertEffects {
  /** A random UUID. */
  readonly newId: () => string;
  /** Queues what is to be told, in the transaction that changes the alert; nothing is sent in it. */
  readonly enqueueNotices: (client: PoolClient, notices: readonly Notice[]) => Promise<void>;
}

/** Who asks, and of which organization: no use case reaches beyond it. */
export interface Requester {
  readonly organizationId: number;
  /** "user:<id>" or "client:<id>". */
  readonly actor: string;
  /** Where the request came from. */
  readonly address?: string | undefined;
}

export interface Change {
  /** "alert.acknowledge": the resource and the verb. */
  readonly action: string;
  /** "alert:<id>". */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}
