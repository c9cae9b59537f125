import type { ActuatorSituation } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Parameters } from "./execution-records.ts";

/** What `ActuationStore` takes and answers of actuators, and of what people and trips have said of them. */

/** What never changes of an actuator. */
export interface ActuatorPlace {
  readonly id: number;
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
}

export interface Actuator extends ActuatorPlace {
  readonly envelope: Envelope;
}

export interface Situation {
  readonly nowMicros: number;
  readonly situation: ActuatorSituation;
}

export interface Observation {
  readonly state: "on" | "off";
  readonly fence: number;
  /** A driver's fault that evidence tells; null: it works; undefined: nothing is said about it. */
  readonly fault: string | null | undefined;
}

export interface NewHold {
  /** The STOP's; of a hold that was set at the device, the device's. Unique in its actuator. */
  readonly id: string;
  readonly actuatorId: number;
  readonly heldBy: string;
  readonly reason?: string | undefined;
  readonly tripId?: string | undefined;
  readonly siteStopId?: string | undefined;
}

/** What ends a hold: a release by a person, the reset of a trip, or the end of a site's stop. */
export type HoldOrigin = { readonly by: "person" } | { readonly tripId: string } | { readonly siteStopId: string };

export interface Trip {
  readonly id: string;
  /** First-out: what tripped it first. */
  readonly cause: string;
  readonly causes: number;
}

export interface NewTrip {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly cause: string;
  readonly message?: string | undefined;
  readonly trippedBy: string;
}

export interface UnreachedActuator {
  readonly actuator: Actuator;
  readonly siteStopId: string;
  readonly stoppedBy: string;
  readonly reason: string | null;
}

export interface UnreachedFilter {
  /** Absent: of any. */
  readonly siteId?: number | undefined;
  /** Of stops that are at least this old. */
  readonly stoppedMsAgo: number;
  readonly limit: number;
}

export interface SiteHeldActuator {
  readonly actuator: Actuator;
  readonly siteStopId: string;
}

export interface NewSiteRequest {
  readonly organizationId: number;
  readonly idempotencyKey: string;
  readonly request: Parameters;
  readonly actuatorIds: readonly number[];
  readonly requestedBy: string;
}

export interface KeptSiteRequest {
  readonly isSame: boolean;
  readonly actuatorIds: readonly number[];
}

export interface NewSiteStop {
  readonly id: string;
  readonly organizationId: number;
  readonly siteId: number;
  readonly stoppedBy: string;
  readonly reason?: string | undefined;
}
