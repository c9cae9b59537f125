import { SluiceError } from "@sluice/core/errors.ts";
import { AckTimes } from "./ack-times.ts";
import type { Clock } from "./clock.ts";
import type { FleetPace } from "./fleet-pace.ts";
import { inParallel } from "./fleet-tokens.ts";

/** Connections of one process: each costs both sides a socket and some kilobytes. */
export const MAX_MQTT_DEVICES = 20_000;
export const MAX_FLEET_DEVICES = 100_000;
/** A device's times are whole milliseconds, so it reports at most once in each. */
export const MAX_RATE_PER_SECOND = 1_000;
/** Readings under way in the whole fleet; further ones wait, and are sent with the time at which they were taken. */
const MAX_IN_FLIGHT = 5_000;
const PARALLEL_STARTS = 50;
const TICK_MS = 10;

/** One device as the fleet sees it: how it talks is its own affair. */
export interface FleetDevice {
  readonly uid: string;
  start(): Promise<void>;
  /** Takes a reading for this time; true once it is acknowledged, false when there was nothing to say. Rejects when it is lost. */
  report(timeMicros: number): Promise<boolean>;
  stop(): Promise<void>;
}

export interface FleetCounters {
  readonly sent: number;
  readonly acknowledged: number;
  /** Times at which a device had nothing to say: its probes had dropped out, or it was booting. */
  readonly silent: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  /** From the moment a reading was due to its acknowledgement; undefined before the first one. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/**
 * Many devices that report evenly spread over time.
 *
 *   start() → run() until the count or the time is reached, or stop()
 */
export class Fleet {
  private readonly devices: readonly FleetDevice[];
  private readonly pace: FleetPace;
  private readonly clock: Clock;
  private readonly ackTimes = new AckTimes();
  private taken = 0;
  private acknowledged = 0;
  private silent = 0;
  private errors = 0;
  private firstError: string | undefined;
  private isStopped = false;
  private stopping: Promise<void> | undefined;
  private wake: (() => void) | undefined;

  constructor(devices: readonly FleetDevice[], pace: FleetPace, clock: Clock) {
    this.devices = devices;
    this.pace = pace;
    this.clock = clock;
  }

  get counters(): FleetCounters {
    const { taken, acknowledged, silent, errors, firstError, ackTimes } = this;
    const [p50Ms, p99Ms] = [ackTimes.quantileMs(0.5), ackTimes.quantileMs(0.99)];
    return { sent: taken - silent, acknowledged, silent, errors, firstError, p50Ms, p99Ms };
  }

  /** Connects every device; when one cannot, the others are let go and its error is thrown. */
  async start(): Promise<void> {
    try {
      await inParallel(this.devices, PARALLEL_STARTS, (device) => device.start());
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Resolves when every reading of the run was acknowledged or lost, or after `stop`. */
  async run(): Promise<void> {
    const startMs = this.clock.monotonicMs();
    const startMicros = this.clock.nowMicros();
    while (!this.isStopped && this.taken < this.pace.total) {
      this.sendDue(startMs, startMicros);
      await this.pause(TICK_MS);
    }
    while (!this.isStopped && this.inFlight > 0) await this.pause(TICK_MS);
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.wake?.();
    this.stopping ??= inParallel(this.devices, PARALLEL_STARTS, (device) => device.stop());
    return this.stopping;
  }

  private sendDue(startMs: number, startMicros: number): void {
    const due = this.pace.dueAfter(this.clock.monotonicMs() - startMs);
    while (this.taken < due && this.inFlight < MAX_IN_FLIGHT) {
      const afterMicros = this.pace.takenAfterMicros(this.taken);
      const device = this.devices[this.pace.deviceOf(this.taken)]!;
      this.taken += 1;
      this.report(device, Math.floor((startMicros + afterMicros) / 1000) * 1000, startMs + afterMicros / 1000);
    }
  }

  private report(device: FleetDevice, timeMicros: number, dueMs: number): void {
    device.report(timeMicros).then(
      (hasSpoken) => {
        if (!hasSpoken) {
          this.silent += 1;
          return;
        }
        this.acknowledged += 1;
        this.ackTimes.add(this.clock.monotonicMs() - dueMs);
      },
      (error: unknown) => {
        this.errors += 1;
        this.firstError ??= error instanceof Error ? error.message : String(error);
      },
    );
  }

  private get inFlight(): number {
    return this.taken - this.acknowledged - this.silent - this.errors;
  }

  private pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(durationMs, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

export function assertFleetSize(devices: number, isMqtt: boolean): void {
  const limit = isMqtt ? MAX_MQTT_DEVICES : MAX_FLEET_DEVICES;
  if (devices <= limit) return;
  throw new SluiceError(
    "limit",
    "simulator.too_many_devices",
    `One process simulates at most ${limit} devices this way.`,
    {
      details: {
        limit,
        mend: isMqtt ? "Use --via gateway or line, or start several with different --prefix." : "Start several.",
      },
    },
  );
}
