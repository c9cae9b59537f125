/** A world that lives in steps of equal length on a grid of its own, so that how its time is cut into calls changes nothing. */
export abstract class SteppingWorld {
  readonly stepMs: number;
  private readonly startMicros: number;
  private carriedMs = 0;
  private steps = 0;

  constructor(startMicros: number, stepMs: number) {
    this.startMicros = startMicros;
    this.stepMs = stepMs;
  }

  /** The time of the world's last step, µs since 1970. */
  get nowMicros(): number {
    return this.startMicros + this.steps * this.stepMs * 1000;
  }

  advance(durationMs: number): void {
    this.carriedMs += durationMs;
    while (this.carriedMs >= this.stepMs) {
      this.carriedMs -= this.stepMs;
      this.steps += 1;
      this.step();
    }
  }

  protected abstract step(): void;
}
