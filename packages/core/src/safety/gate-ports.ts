import type { EvidenceMessage, SafeState, StartDeadline } from "../commands/messages.ts";
import type { GateRecord } from "./gate-record.ts";

/**
 * What the gate needs of a device. All of it is synchronous: between "may it start?" and "it is on" nothing else can happen,
 * and when `save` returns, the record survives a power cut.
 */
export interface GatePorts {
  readonly storage: GateStorage;
  readonly driver: GateDriver;
  readonly clock: GateClock;
  /**
   * Hands evidence to the link. It may be lost: the journal of the next hello says it again. Thrown errors are ignored, since
   * a broken link must not keep an output on.
   */
  send(evidence: EvidenceMessage): void;
  /** Told what went wrong below the gate, for the device's log; the gate has already coped with it. */
  fault(where: FaultPlace, error: unknown): void;
}

export type FaultPlace = "storage" | "driver" | "link" | "meter";

export interface GateStorage {
  /** What was saved last, or undefined on a factory-new device. Throws when it cannot be read: then nothing ever starts. */
  load(): GateRecord | undefined;
  /** Durable (fsync) when it returns. Throws when it may not be durable: then what depends on it does not happen. */
  save(record: GateRecord): void;
}

export interface GateDriver {
  /** Energises the output. Throws when it may not have worked. Of a DOSE, the driver tells the gate what its meter counts. */
  on(edge: OnEdge): void;
  /** De-energises the output; off again is no error. Throws when the output may still be on: the gate tries again. */
  off(edge: OffEdge): void;
  /**
   * Brings the output into its safe state, whether it was off or on; when it was on, without an OFF between. Throws when that
   * may not have worked: the gate tries again.
   */
  safe(edge: SafeEdge): void;
  /** Takes a set-point, which holds while the output is on. Never energises. Throws when it may not have worked. */
  set(setPoint: SetPointEdge): void;
}

/** What a device's own log keeps of an output that goes on by a command. */
export interface OnEdge {
  readonly actuator: string;
  readonly commandId: string;
  readonly fence: number;
  /** The command's. */
  readonly durationMs: number;
  /** The gate's own timer ends the interval after this long: min(the command's duration, the device's maximum). */
  readonly limitMs: number;
  /** The least pause after it that the command asks for. */
  readonly cooldownMs: number;
  readonly deadline: StartDeadline;
  /** An administrator's: the pause before it may be as short as the minimum off time. */
  readonly isOverride?: true;
  /** Of a DOSE: ends it when the meter has counted so much. */
  readonly amount?: number;
  readonly unit?: string;
  readonly monoMs: number;
}

export interface OffEdge {
  readonly actuator: string;
  readonly monoMs: number;
  readonly reason: OffReason;
  /** Absent at boot, when what was on before is known to the journal, and after a safe state. */
  readonly commandId?: string;
  readonly fence?: number;
  /** Of a DOSE: what the meter had counted. */
  readonly amount?: number;
}

export type OffReason =
  | "boot"
  | "duration"
  | "amount"
  | "amount_not_reached"
  | "stop"
  | "link_loss"
  /** A safe state has ended, because the link has been back for long enough. */
  | "handover"
  | "driver_fault"
  | "shutdown";

/** The safe states that may energise an output. */
export type DrivenSafeState = Exclude<SafeState, "off">;

export interface SafeEdge {
  readonly actuator: string;
  readonly state: DrivenSafeState;
  readonly reason: "boot" | "link_loss" | "shutdown";
  readonly monoMs: number;
}

export interface SetPointEdge {
  readonly actuator: string;
  readonly value: number;
  readonly unit?: string;
  readonly monoMs: number;
}

export interface GateClock {
  /** Milliseconds since this boot; never steps back. */
  monotonicMs(): number;
  /** Microseconds since 1970, or undefined while the device does not know the time. */
  wallClockMicros(): number | undefined;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
