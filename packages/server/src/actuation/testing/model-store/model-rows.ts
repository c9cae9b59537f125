import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type {
  Actuator,
  ClockJump,
  Command,
  CommandEvent,
  Execution,
  NewSiteRequest,
  Parameters,
  Trip,
} from "../../actuation-store.ts";
import type { Window } from "./windows.ts";

/** A row knows its table, so that a commit can be read as a list of changes. */
export type ModelRow =
  | ActuatorRow
  | LinkRow
  | ClockJumpRow
  | ExecutionRow
  | ExecutionEventRow
  | CommandRow
  | CommandEventRow
  | HoldRow
  | TripRow
  | SiteStopRow
  | SiteRequestRow
  | NoteRow;

export interface ActuatorRow {
  readonly table: "actuator";
  readonly id: number;
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
  readonly envelope: Envelope;
  readonly envelopeVersion: number;
  readonly mode: ActuatorMode;
  readonly lockedBy: string | null;
  readonly fence: number;
  readonly observedState: "on" | "off" | null;
  readonly observedFence: number;
  readonly observedMicros: number | null;
  readonly fault: string | null;
  readonly totalActivations: number;
  readonly lastActivationMicros: number | null;
  readonly unfencedAllowedBy: string | null;
  readonly setPoint: number | null;
  readonly setPointUnit: string | null;
}

export interface LinkRow {
  readonly table: "device_link";
  readonly deviceId: number;
  readonly isConnected: boolean;
  readonly sessionEpoch: number;
  readonly bootId: string | null;
  readonly monoMs: number | null;
  readonly sampledMicros: number | null;
  readonly configVersion: number;
}

export interface ClockJumpRow extends ClockJump {
  readonly table: "clock_jump";
}

export interface ExecutionRow extends Execution {
  readonly table: "execution";
  readonly message: string | null;
  readonly waitUntilMicros: number | null;
  readonly causes: number;
  readonly folded: { readonly partition: number; readonly seq: number; readonly ordinal: number } | null;
  readonly idempotencyKey: string | null;
  readonly request: Parameters | null;
  readonly createdMicros: number;
  readonly startedMicros: number | null;
  readonly completedMicros: number | null;
  readonly cancelledBy: string | null;
}

/** By the trigger on executions. */
export interface ExecutionEventRow {
  readonly table: "execution_event";
  readonly executionId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly who: string | null;
}

export interface CommandRow extends Command {
  readonly table: "command";
  readonly maxRunMs: number | null;
  readonly interlockGroup: string | null;
  readonly foreignId: string | null;
  readonly runWindow: Window;
  readonly lockWindow: Window;
  readonly sentMicros: number | null;
  readonly transmissions: number;
  readonly ranMs: number | null;
  readonly dosed: number | null;
  readonly endedMicros: number | null;
}

export interface CommandEventRow extends CommandEvent {
  readonly table: "command_event";
  readonly atMicros: number;
}

export interface HoldRow {
  readonly table: "actuator_hold";
  readonly id: string;
  readonly actuatorId: number;
  readonly heldBy: string;
  readonly reason: string | null;
  readonly tripId: string | null;
  readonly siteStopId: string | null;
  readonly releasedBy: string | null;
  readonly releasedMicros: number | null;
}

export interface TripRow extends Trip {
  readonly table: "trip";
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly message: string | null;
  readonly trippedBy: string;
  readonly lastCause: string;
  readonly resetBy: string | null;
  readonly resetReason: string | null;
  readonly resetMicros: number | null;
}

export interface SiteStopRow {
  readonly table: "site_stop";
  readonly id: string;
  readonly organizationId: number;
  readonly siteId: number;
  readonly stoppedBy: string;
  readonly stoppedMicros: number;
  readonly reason: string | null;
  readonly releasedBy: string | null;
  readonly releasedMicros: number | null;
}

export interface SiteRequestRow extends NewSiteRequest {
  readonly table: "site_request";
}

/** What other features write in the same transaction: by their own kind and key, whatever it is. */
export interface NoteRow {
  readonly table: "note";
  readonly key: string;
  readonly value: unknown;
}

export function actuatorOf({ id, organizationId, deviceId, key, envelope }: ActuatorRow): Actuator {
  return { id, organizationId, deviceId, key, envelope };
}

export function commandOf(row: CommandRow): Command {
  return {
    id: row.id,
    organizationId: row.organizationId,
    actuatorId: row.actuatorId,
    executionId: row.executionId,
    kind: row.kind,
    fence: row.fence,
    durationMs: row.durationMs,
    cooldownMs: row.cooldownMs,
    amount: row.amount,
    unit: row.unit,
    value: row.value,
    isOverride: row.isOverride,
    releases: row.releases,
    payload: row.payload,
    state: row.state,
    reason: row.reason,
    decidedMicros: row.decidedMicros,
    deadlineMicros: row.deadlineMicros,
    isActivationCounted: row.isActivationCounted,
  };
}

export function executionOf(row: ExecutionRow): Execution {
  return {
    id: row.id,
    organizationId: row.organizationId,
    actuatorId: row.actuatorId,
    type: row.type,
    action: row.action,
    priority: row.priority,
    parameters: row.parameters,
    status: row.status,
    reason: row.reason,
    ruleId: row.ruleId,
    deviceId: row.deviceId,
    readingNeededAfterMicros: row.readingNeededAfterMicros,
    waitLimitMicros: row.waitLimitMicros,
    overrideReason: row.overrideReason,
    requestedBy: row.requestedBy,
    requestedFrom: row.requestedFrom,
    retries: row.retries,
    passedOverMicros: row.passedOverMicros,
  };
}

/** The part of a trip that the store answers with. */
export function tripOf({ id, cause, causes }: TripRow): Trip {
  return { id, cause, causes };
}

export function isStart({ kind }: Pick<Command, "kind">): boolean {
  return kind === "RUN" || kind === "DOSE";
}
