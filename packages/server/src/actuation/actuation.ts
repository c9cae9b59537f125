import type { Pool, PoolClient } from "pg";
import type { Execution } from "./execution-store.ts";

/** What the use cases of actuation work with; made once by `main.ts`. */
export interface Actuation {
  readonly pool: Pool;
  /** A pool that only STOP uses, so that it waits behind nobody. */
  readonly stopPool: Pool;
  /** A random UUID. */
  readonly newId: () => string;
  /** Hands a fence-less STOP to a device that listens on this process; resolves true once it is on the socket. */
  readonly sendStopNow: (deviceId: number, payload: string) => Promise<boolean>;
  /** Something was queued for this device and is committed: a nudge to the gateway in this process, if it has one. */
  readonly onQueued: (deviceId: number) => void;
  /** An execution wants a decision and is committed: a nudge to the worker in this process, if it has one. */
  readonly onExecutionDue: () => void;
  readonly followUp: FollowUp;
}

/** What automation does, in the transaction of the event, when an actuator is free again. It may not wait for anything. */
export interface FollowUp {
  /** An automatic run ended: if its rules still fire, the next execution begins, and waits for the cooldown. */
  onRunEnded(client: PoolClient, ended: Execution, facts: EndFacts): Promise<void>;
  /** A person released the actuator: rules that still fire are asked at their next fresh reading. */
  onReleased(client: PoolClient, actuator: { readonly id: number; readonly releasedAtMicros: number }): Promise<void>;
}

export interface EndFacts {
  /** Database time of the end. */
  readonly endedAtMicros: number;
  /** Nothing starts before this. */
  readonly lockEndMicros: number;
}

/** For processes without automation. */
export const NO_FOLLOW_UP: FollowUp = { onRunEnded: async () => {}, onReleased: async () => {} };

/** Who asks, and of which organization: no use case reaches beyond it. */
export interface Requester {
  readonly organizationId: number;
  /** "user:<id>" or "client:<id>". */
  readonly actor: string;
}
