/** How far a world has lived: so many times faster than the clock of its readings, and never backwards. */
export class WorldTime {
  private readonly startMicros: number;
  private readonly speedFactor: number;
  private passedMs = 0;

  constructor(startMicros: number, speedFactor: number) {
    this.startMicros = startMicros;
    this.speedFactor = speedFactor;
  }

  /** Milliseconds that the world has to live until its readings' clock shows this. */
  passTo(timeMicros: number): number {
    const dueMs = ((timeMicros - this.startMicros) / 1000) * this.speedFactor;
    const aheadMs = Math.max(0, dueMs - this.passedMs);
    this.passedMs += aheadMs;
    return aheadMs;
  }

  /** What the readings' clock shows when the world's has come to this. */
  readingMicros(worldMicros: number): number {
    return this.startMicros + Math.round((worldMicros - this.startMicros) / this.speedFactor);
  }
}
