import type { CommandKind, CommandState } from "@sluice/core/commands/command.ts";
import type { Reservation } from "@sluice/core/safety/windows.ts";
import type { Observation } from "./actuator-records.ts";
import type { NewRequest } from "./execution-records.ts";

/** What `ActuationStore` takes and answers of commands. */

export interface Command {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly kind: CommandKind;
  readonly fence: number | null;
  readonly durationMs: number | null;
  readonly cooldownMs: number | null;
  readonly amount: number | null;
  readonly unit: string | null;
  readonly value: number | null;
  readonly isOverride: boolean;
  readonly releases: readonly string[] | null;
  readonly payload: string | null;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly decidedMicros: number;
  readonly deadlineMicros: number | null;
  readonly isActivationCounted: boolean;
}

/** How far the store's clock has jumped forward: see `ClockWatch`. */
export interface ClockJump {
  /** What was decided before this has reserved its time by a clock that was `jumpMs` behind, and ends by so much later. */
  readonly jumpedAtMicros: number;
  readonly jumpMs: number;
}

/** The store's clock at a look at it. */
export interface ClockReading extends ClockJump {
  readonly nowMicros: number;
}

/** A RUN or, with an amount, a DOSE. */
export interface NewStart {
  readonly id: string;
  /** A person's, which opens the execution in the same statement; absent: it is there, and is moved. */
  readonly request?: NewRequest | undefined;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly deviceId: number;
  readonly interlockGroup: string | undefined;
  readonly durationMs: number;
  readonly maxRunMs: number;
  /** The whole pause after it, minimum off time included. */
  readonly cooldownMs: number;
  readonly dose: { readonly amount: number; readonly unit: string } | undefined;
  readonly isOverride: boolean;
  readonly decidedMicros: number;
  readonly reservation: Reservation;
  /** Who decided, for the event. */
  readonly who: string;
}

export interface NewInstruction {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly kind: "STOP" | "SET";
  readonly fence: number | undefined;
  readonly releases?: readonly string[];
  readonly value?: number | undefined;
  readonly unit?: string | undefined;
  /** Of a trip by a rule: it is sent, and makes the STOP hold. */
  readonly reason?: string | undefined;
  /** The bytes, where they have left already. */
  readonly payload?: string | undefined;
}

/** From a device's journal: what ran there and is not known here. */
export interface NewForeign {
  readonly id: string;
  readonly executionId: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly deviceId: number;
  readonly interlockGroup: string | undefined;
  readonly foreignId: string;
  readonly kind: "RUN" | "DOSE";
  readonly fence: number;
  /** How long it ran, or may run at the most; at least 1. */
  readonly durationMs: number;
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  readonly state: CommandState;
  readonly payload: string;
}

export interface Moved {
  readonly state: CommandState;
  readonly reason?: string | undefined;
  readonly ranMs?: number | undefined;
  /** Of a DOSE. */
  readonly amount?: number | undefined;
  readonly countsActivation?: boolean | undefined;
}

/** What evidence proves of a command. */
export interface Proof {
  /** With `countsActivation`, the actuator's activations are counted as well. */
  readonly moved: Moved;
  readonly refund: "none" | "whole" | "shrink";
  /** "device:<id>". */
  readonly who: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What it says of the output; evidence of an older command than the last that was observed changes nothing seen. */
  readonly observed: Observation | undefined;
  /** When the run started, before now; undefined: nothing is said about it. */
  readonly startedMsAgo: number | undefined;
}

/** A command that a device speaks of. */
export interface Reported {
  readonly id: string;
  readonly actuatorId: number;
  readonly deviceId: number;
  /** Of its actuator. */
  readonly key: string;
  /** Locked; undefined: somebody else has locked it, its actuator or its execution. */
  readonly command: Command | undefined;
}

export interface Ended {
  readonly nowMicros: number;
  /** When nothing of the command is locked any more; now at the earliest. */
  readonly lockEndMicros: number;
}

export interface CommandEvent {
  readonly commandId: string;
  readonly what:
    | "decided"
    | "dispatched"
    | "retransmitted"
    | "evidence"
    | "deadline"
    | "closed"
    | "cancelled"
    | "preempted"
    | "overridden"
    | "foreign";
  readonly state: CommandState;
  readonly who: string;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface QueueFilter {
  readonly deviceIds: readonly number[];
  /** Those that said hello in their present session, to this server. */
  readonly greetedIds: readonly number[];
  readonly maxSampleAgeMs: number;
}

/** A queued command with what its bytes are made of. */
export interface Claimed extends Command {
  readonly deviceId: number;
  readonly actuatorKey: string;
  readonly bootId: string | null;
  readonly monoMs: number | null;
  readonly sampledMicros: number | null;
}

export interface FirstTransmission {
  readonly id: string;
  readonly payload: string;
}

export interface RetransmissionFilter {
  readonly cameBack: readonly number[];
  /** Those whose first hello of a session has just been heard. */
  readonly greetedNow: readonly number[];
  readonly greetedIds: readonly number[];
  readonly silentMs: number;
}

export interface Retransmission {
  readonly id: string;
  readonly deviceId: number;
  readonly payload: string;
}
