import type { OffEdge, OnEdge, SafeEdge, SetPointEdge } from "./gate-ports.ts";

/**
 * What a device's own log tells of an output and of what decided about it, in the order in which it happened. `monoMs` counts
 * within the boot.
 */
export type DeviceLogEvent =
  | BootEvent
  /** `wallClockMicros` is what the device's wall clock showed then, if it knew the time. */
  | ({ readonly event: "on"; readonly wallClockMicros?: number | undefined } & OnEdge)
  | ({ readonly event: "off" } & OffEdge)
  | ({ readonly event: "safe" } & SafeEdge)
  | ({ readonly event: "set" } & SetPointEdge)
  | StopEvent
  | {
      readonly event: "release";
      readonly actuator: string;
      readonly ids: readonly string[];
      readonly monoMs: number;
    }
  /** `lastSeenMonoMs`: when the server was last heard, if that was before the loss was noticed. */
  | { readonly event: "link_lost"; readonly monoMs: number; readonly lastSeenMonoMs?: number }
  | { readonly event: "link_up"; readonly monoMs: number };

/** A boot begins without a link, and with every output off. */
export interface BootEvent {
  readonly event: "boot";
  readonly bootId: string;
  /** An observer's time of the boot, which makes one time line of all boots. */
  readonly atMs: number;
  /** The pauses that the device has on record: of commands that may have begun, even if no edge tells of it. */
  readonly pausesMs?: Readonly<Record<string, number>>;
}

/** A STOP was taken for the first time; repeated, it is only acknowledged again. */
export interface StopEvent {
  readonly event: "stop";
  readonly actuator: string;
  readonly id: string;
  readonly fence?: number | undefined;
  readonly isHold: boolean;
  /** False when it could not be kept, and the sender knows nothing of it: a boot may forget it, or not. */
  readonly isAcknowledged: boolean;
  readonly monoMs: number;
}
