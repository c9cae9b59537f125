import type { Clock } from "../platform/clock.ts";

/**
 * Times for messages that have none. Every answer is greater than all before it, and so they are strictly increasing for each
 * device without a memory of devices. While the clock stands or goes back, a microsecond a message is added instead.
 */
export class StampClock {
  private readonly clock: Clock;
  private lastMicros = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  readonly next = (): number => {
    this.lastMicros = Math.max(this.clock.nowMicros(), this.lastMicros + 1);
    return this.lastMicros;
  };
}
