import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import type { Clock } from "@sluice/simulator/clock.ts";

/** A timer that the machine let fire late, because it had no processor for the device; in the device's monotonic time. */
export interface LateTimer {
  readonly bootId: string;
  readonly dueMonoMs: number;
  readonly firedMonoMs: number;
}

/** The resolution of a timer; what is later than this is written down. */
const RESOLUTION_MS = 10;

export function lateTimersPath(stateDirectory: string, uid: string): string {
  return path.join(stateDirectory, `${uid}.late.jsonl`);
}

/** A clock, counting from the boot, that writes down which of its timers the machine let fire late. */
export function watchingLateness(clock: Clock, filePath: string, bootId: string): Clock {
  return {
    ...clock,
    after: (delayMs, callback) => {
      const dueMonoMs = clock.monotonicMs() + delayMs;
      return clock.after(delayMs, () => {
        const firedMonoMs = clock.monotonicMs();
        const late: LateTimer = { bootId, dueMonoMs, firedMonoMs };
        if (firedMonoMs - dueMonoMs > RESOLUTION_MS) appendFileSync(filePath, `${JSON.stringify(late)}\n`);
        callback();
      });
    },
  };
}

export function readLateTimers(filePath: string): LateTimer[] {
  const lines = existsSync(filePath) ? readFileSync(filePath, "utf8").split("\n").slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as LateTimer);
}

/**
 * The log of a machine that always had a processor: what happened between the moment a timer was due and the moment it fired is
 * put to when it was due. A gate that asks for the wrong moment is found out all the same.
 */
export function withoutLateness(events: readonly DeviceLogEvent[], timers: readonly LateTimer[]): DeviceLogEvent[] {
  let bootId = "";
  return events.map((event) => {
    if (event.event === "boot") {
      bootId = event.bootId;
      return event;
    }
    const { monoMs } = event;
    const late = timers.filter((timer) => timer.bootId === bootId && isWithin(monoMs, timer));
    return { ...event, monoMs: Math.min(monoMs, ...late.map(({ dueMonoMs }) => dueMonoMs)) };
  });
}

function isWithin(monoMs: number, { dueMonoMs, firedMonoMs }: LateTimer): boolean {
  return monoMs >= dueMonoMs && monoMs <= firedMonoMs + RESOLUTION_MS;
}
