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

export interface RunMessage extends CommandMessageBase, StartDeadline {
  readonly kind: "RUN";
  readonly fence: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
}

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
  readonly release: readonly string[];
}

export type CommandMessage = RunMessage | StopMessage | SetMessage;

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
}

export interface HelloMessage {
  readonly bootId: string;
  readonly monoMs: number;
  /** Actuator key → the greatest fence it has persisted. */
  readonly fences: Readonly<Record<string, number>>;
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
}
