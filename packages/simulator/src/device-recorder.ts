import type { CommandMessage, HelloMessage } from "@sluice/core/commands/messages.ts";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import { type DeviceLog, type EdgeLine, lineOf } from "./device-log.ts";
import { toRfc3339 } from "./senders/outgoing-reading.ts";

export interface DeviceRecorderOptions {
  readonly log: DeviceLog;
  readonly bootId: string;
  readonly wallClockMicros: () => number;
  readonly onEdge?: ((edge: EdgeLine) => void) | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Writes the log of one boot of a device. */
export class DeviceRecorder {
  private readonly options: DeviceRecorderOptions;

  constructor(options: DeviceRecorderOptions) {
    this.options = options;
  }

  /** Throws when the line could not be written: what it tells does not happen then. */
  record(event: DeviceLogEvent): void {
    const { log, bootId, wallClockMicros, onEdge } = this.options;
    const line = lineOf(event, toRfc3339(wallClockMicros()), bootId);
    log.append(line);
    if ("edge" in line) onEdge?.(line);
  }

  /** Of something that has happened already. */
  note(event: DeviceLogEvent): void {
    try {
      this.record(event);
    } catch (error) {
      this.options.onFault(error);
    }
  }

  /** What a command that switches nothing on has changed: the gate's hello before and after it tell. */
  noteCommand(message: CommandMessage, before: HelloMessage, after: HelloMessage): void {
    const { actuator, id } = message;
    const isRepeated = before.journal.some((entry) => entry.id === id);
    if (isRepeated || !Object.hasOwn(after.fences, actuator)) return;
    const monoMs = after.monoMs ?? 0;
    const heldIds = new Set(after.holds.filter((hold) => hold.actuator === actuator).map((hold) => hold.id));
    if (message.kind === "STOP") {
      const isAcknowledged = after.journal.some((entry) => entry.id === id && entry.state === "COMPLETED");
      const { fence } = message;
      this.note({ event: "stop", actuator, id, fence, isHold: heldIds.has(id), isAcknowledged, monoMs });
    }
    if (message.kind !== "SET") return;
    const ids = message.release.filter((released) => !heldIds.has(released));
    this.note({ event: "release", actuator, ids, monoMs });
  }
}
