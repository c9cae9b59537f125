import type { EvidenceMessage } from "../commands/messages.ts";
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
  /** Told what went wrong below the gate (storage, driver, link), for the device's log; the gate has already coped with it. */
  fault(where: FaultPlace, error: unknown): void;
}

export type FaultPlace = "storage" | "driver" | "link";

export interface GateStorage {
  /** What was saved last, or undefined on a factory-new device. Throws when it cannot be read: then nothing ever starts. */
  load(): GateRecord | undefined;
  /** Durable (fsync) when it returns. Throws when it may not be durable: then what depends on it does not happen. */
  save(record: GateRecord): void;
}

export interface GateDriver {
  /** Energises the output. Throws when it may not have worked. */
  on(edge: OnEdge): void;
  /** De-energises the output; off again is no error. Throws when the output may still be on: the gate tries again. */
  off(edge: OffEdge): void;
}

/** What a device's own log keeps of an output that goes on. */
export interface OnEdge {
  readonly actuator: string;
  readonly commandId: string;
  readonly fence: number;
  /** The gate's own timer ends the interval after this long: min(the command's duration, the device's maximum). */
  readonly limitMs: number;
  readonly monoMs: number;
}

export interface OffEdge {
  readonly actuator: string;
  readonly monoMs: number;
  readonly reason: OffReason;
  /** Absent at boot: what was on before, the journal knows. */
  readonly commandId?: string;
  readonly fence?: number;
}

export type OffReason = "boot" | "duration" | "stop" | "link_loss" | "driver_fault" | "shutdown";

export interface GateClock {
  /** Milliseconds since this boot; never steps back. */
  monotonicMs(): number;
  /** Microseconds since 1970, or undefined while the device does not know the time. */
  wallClockMicros(): number | undefined;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
