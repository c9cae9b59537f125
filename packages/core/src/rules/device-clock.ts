import { CLOCK_STEPPED_BACK_MICROS } from "../telemetry/limits.ts";
import { NEVER } from "./rule.ts";

/**
 * What becomes of a message: it acts; it is late for its device, and does not act; or it acts because for ten minutes
 * nothing but late ones came: the device's clock was set back.
 */
export type Arrival = "acts" | "late" | "set-back";

/** How far a device's own time has come, for rules. */
export class DeviceClock {
  /** Time of the newest message that acted. */
  lastActedMicros: number;
  /** Of all, which is later once the clock was set back. */
  newestMicros: number;
  /** Since when (server's clock) only late ones have come; 0 while they come in order. */
  lateSinceMicros: number;

  constructor(lastActedMicros = NEVER, newestMicros = lastActedMicros, lateSinceMicros = 0) {
    this.lastActedMicros = lastActedMicros;
    this.newestMicros = newestMicros;
    this.lateSinceMicros = lateSinceMicros;
  }

  admit(timeMicros: number, nowMicros: number): Arrival {
    const isLate = timeMicros < this.lastActedMicros;
    if (isLate && (this.lateSinceMicros === 0 || nowMicros - this.lateSinceMicros < CLOCK_STEPPED_BACK_MICROS)) {
      if (this.lateSinceMicros === 0) this.lateSinceMicros = nowMicros;
      return "late";
    }
    this.lastActedMicros = timeMicros;
    if (timeMicros > this.newestMicros) this.newestMicros = timeMicros;
    this.lateSinceMicros = 0;
    return isLate ? "set-back" : "acts";
  }

  copy(): DeviceClock {
    return new DeviceClock(this.lastActedMicros, this.newestMicros, this.lateSinceMicros);
  }
}
