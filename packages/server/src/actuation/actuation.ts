import { SluiceError } from "@sluice/core/errors.ts";
import type { PermissiveReading } from "@sluice/core/safety/permissives.ts";
import type { PoolClient } from "pg";
import type { ActuationStore, ActuationTransaction, Actuator, Execution, NewRequest } from "./actuation-store.ts";
import type { Answer } from "./answer.ts";
import type { RequestBatches } from "./request-batches.ts";

/** What the use cases of actuation work with; made once by `main.ts`. */
export interface Actuation {
  readonly store: ActuationStore;
  /** The same tables over connections that only STOP uses, so that it waits behind nobody. */
  readonly urgentStore: ActuationStore;
  /** What people ask of each actuator at the same time. */
  readonly requests: RequestBatches<NewRequest, Answer>;
  /** A random UUID. */
  readonly newId: () => string;
  /** Hands a fence-less STOP to a device that listens on this process; resolves true once it is on the socket. */
  readonly sendStopNow: (deviceId: number, payload: string) => Promise<boolean>;
  /** Something was queued for this device and is committed: a nudge to the gateway in this process, if it has one. */
  readonly onQueued: (deviceId: number) => void;
  /** An execution wants a decision and is committed: a nudge to the worker in this process, if it has one. */
  readonly onExecutionDue: () => void;
  /** The newest reading of each of the envelope's permissives, in their order. Never called under a lock. */
  readonly readPermissives: (actuator: Actuator) => Promise<readonly (PermissiveReading | undefined)[]>;
  /** Appends to the audit, in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: Change) => Promise<void>;
  readonly followUp: FollowUp;
  /** Called when a decision is asked for, and its answer when it was made: "dispatched", "refused". */
  readonly timeDecision?: () => (outcome: string) => void;
}

/** What automation does, in the transaction of the event, when an actuator is free again. It may not wait for anything. */
export interface FollowUp {
  /** An automatic run ended: if its rules still fire, the next execution begins, and waits for the cooldown. */
  onRunEnded(tx: ActuationTransaction, ended: Execution, facts: EndFacts): Promise<void>;
  /** A person released the actuator: rules that still fire are asked at their next fresh reading. */
  onReleased(
    tx: ActuationTransaction,
    actuator: { readonly id: number; readonly releasedAtMicros: number },
  ): Promise<void>;
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
  /** Where the request came from. */
  readonly address?: string | undefined;
  /** Throws `request.stale` unless what is to be changed is as the caller has seen it; use cases ask it under their lock. */
  readonly assertSeen?: ((current: unknown) => void) | undefined;
}

export interface Change {
  /** "actuator.mode": the resource and the verb. */
  readonly action: string;
  /** "actuator:<id>". */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** An actuator of another organization is as unknown as one that does not exist. Throws `actuator.unknown`. */
export async function requireActuator(store: ActuationStore, organizationId: number, id: number): Promise<Actuator> {
  const actuator = await store.findActuator(organizationId, id);
  if (actuator !== undefined) return actuator;
  throw actuatorUnknown(id);
}

export function actuatorUnknown(id: number): SluiceError {
  return new SluiceError("not-found", "actuator.unknown", "There is no actuator with this id.", { details: { id } });
}
