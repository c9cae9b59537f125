import type { CommandKind, EvidenceState } from "./command.ts";

/**
 * What server and device say to each other about actuators, as both sides think of it; `@sluice/protocol/commands` turns it
 * into JSON and back. `…MonoMs` is the device's own monotonic clock, in milliseconds since it booted as `bootId`.
 */
interface CommandMessageBase {
  readonly id: string;
  /** The actuator's key on its device. */
  readonly actuator: string;
  readonly kind: CommandKind;
}

/** When a RUN may start at the latest: by the device's own clock and boot, or by wall-clock time, or by both. */
export interface StartDeadline {
  readonly bootId?: string;
  readonly validUntilMonoMs?: number;
  readonly expiresAtMicros?: number;
}

/** What every command that energises carries: a fence, a start deadline, and a stop that travels with the start. */
interface StartingMessage extends CommandMessageBase, StartDeadline {
  readonly fence: number;
  /** Of a RUN, how long; of a DOSE, the longest that counting out its amount may take. */
  readonly durationMs: number;
  readonly cooldownMs: number;
  /** An administrator's: passes the cooldown of the run before, though not its minimum off time. */
  readonly override?: true;
}

export interface RunMessage extends StartingMessage {
  readonly kind: "RUN";
}

/** Runs until the amount has been counted out, and never longer than `durationMs`. */
export interface DoseMessage extends StartingMessage {
  readonly kind: "DOSE";
  readonly amount: number;
  readonly unit: string;
}

/** What may energise an output. */
export type StartMessage = RunMessage | DoseMessage;

/** Without a fence it stops and holds at once; with a `reason` it is a trip, which holds as well. */
export interface StopMessage extends CommandMessageBase {
  readonly kind: "STOP";
  readonly fence?: number;
  readonly reason?: string;
}

/** Never energises. `release` names the STOPs whose holds end, so that a late release clears no newer hold. */
export interface SetMessage extends CommandMessageBase {
  readonly kind: "SET";
  readonly fence: number;
  /** Empty when the SET is about something else. */
  readonly release: readonly string[];
  /** A set-point of the output (a valve's opening, a heater's temperature), which holds while it is on. */
  readonly value?: number;
  readonly unit?: string;
}

export type CommandMessage = StartMessage | StopMessage | SetMessage;

export interface EvidenceMessage {
  /** The command's. */
  readonly id: string;
  readonly actuator: string;
  /** Absent for a STOP that had none. */
  readonly fence?: number;
  readonly state: EvidenceState;
  readonly reason?: string;
  readonly bootId: string;
  readonly monoMs: number;
  /** How long the output was on; absent when the device cannot know. */
  readonly ranMs?: number;
  /** Of a DOSE: how much was counted out. */
  readonly amount?: number;
}

/** What the device remembers of one command; the server takes it for evidence that may have been lost. */
export interface JournalEntry {
  readonly id: string;
  readonly actuator: string;
  readonly kind: CommandKind;
  readonly fence?: number;
  readonly state: EvidenceState;
  readonly reason?: string;
  /** The boot in which the command was taken. */
  readonly bootId: string;
  readonly ranMs?: number;
  readonly amount?: number;
}

export interface HelloMessage {
  /** Absent, with `monoMs`, from a device that keeps no boots: its deadlines are in wall-clock time. */
  readonly bootId?: string;
  readonly monoMs?: number;
  /** Actuator key → the greatest fence it has persisted. */
  readonly fences: Readonly<Record<string, number>>;
  /**
   * Actuator key → the greatest fence whose entry has left the journal (0: none has). Above it the journal is complete: a
   * command whose fence has been passed, and which is not in it, was never taken. Absent for a device that does not say.
   */
  readonly forgotten: Readonly<Record<string, number>>;
  /** Keys of the actuators that a safe state of "on" or "local" drives at this moment. */
  readonly safe: readonly string[];
  readonly holds: readonly { readonly actuator: string; readonly id: string }[];
  readonly journal: readonly JournalEntry[];
  /** The newest configuration the device has persisted; 0 before the first. */
  readonly configVersion: number;
}

export interface DeviceConfigMessage {
  readonly version: number;
  /** Actuator key → limits; the device keeps the stricter of these and its own. */
  readonly actuators: Readonly<Record<string, DeviceLimits>>;
}

/** The part of an envelope that a device keeps by itself. */
export interface DeviceLimits {
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  /** The safe state is reached within this time of losing the link; absent: a run goes on to its own end. */
  readonly linkLossMs?: number;
  /** No two members of a group on one device are on together. */
  readonly interlockGroup?: string;
  /** Least pause between an OFF and the next ON that protects the machine itself; not even an override passes it. */
  readonly minOffMs?: number;
  /** Absent: "off". */
  readonly safeState?: SafeState;
  /** The largest DOSE, in the unit that the device counts; absent: it cannot dose. */
  readonly maxDose?: Dose;
}

/**
 * The state an output takes at boot and when the link is lost: off; on (an aerator, on which fish live); local: whatever a
 * controller beside the output decides.
 */
export type SafeState = "off" | "on" | "local";

export interface Dose {
  readonly amount: number;
  readonly unit: string;
}
