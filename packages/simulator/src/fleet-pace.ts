/** Who reports when: reading k of a fleet belongs to device k modulo N, and the devices take turns evenly. */
export class FleetPace {
  readonly devices: number;
  private readonly readingsPerMs: number;
  /** Readings of the whole run; infinite without an end. */
  readonly total: number;

  constructor(devices: number, ratePerSecond: number, seconds: number | undefined) {
    this.devices = devices;
    this.readingsPerMs = (devices * ratePerSecond) / 1000;
    this.total = seconds === undefined ? Number.POSITIVE_INFINITY : Math.round(devices * ratePerSecond * seconds);
  }

  /** How many readings are due once so much time has passed. */
  dueAfter(elapsedMs: number): number {
    return Math.min(this.total, Math.floor(elapsedMs * this.readingsPerMs) + 1);
  }

  deviceOf(reading: number): number {
    return reading % this.devices;
  }

  /** When a reading is taken, in microseconds after the start: also of one that is sent late. */
  takenAfterMicros(reading: number): number {
    return Math.round((reading / this.readingsPerMs) * 1000);
  }
}
