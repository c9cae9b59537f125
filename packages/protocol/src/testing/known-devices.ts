import { MAX_METRICS_PER_PROFILE } from "@sluice/core/telemetry/limits.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { DEVICE_UNKNOWN, type Fault } from "../readings/faults.ts";
import { type DeviceResolver, type DeviceTarget, METRIC_PENDING, METRIC_TO_EXTRAS } from "../readings/resolver.ts";
import { uidFault } from "../readings/text.ts";

interface KnownProfile {
  readonly id: number;
  readonly metricNumbers: Map<string, number>;
}

/** Devices of one profile, for tests: asked for in one pass, known in the next. */
export class KnownDevices implements DeviceResolver {
  readonly profile: KnownProfile;
  private readonly devices = new Map<string, DeviceTarget>();
  private readonly asked = new Set<string>();

  constructor(uids: readonly string[], metrics: readonly string[] = []) {
    this.profile = { id: 1, metricNumbers: new Map(metrics.map((key, number) => [key, number])) };
    uids.forEach((uid, index) => {
      this.devices.set(uid, { id: index + 1, uid, profile: this.profile });
    });
  }

  device(uid: string): DeviceTarget | Fault | undefined {
    return this.devices.get(uid) ?? uidFault(uid) ?? DEVICE_UNKNOWN;
  }

  known(uid: string): DeviceTarget {
    return this.devices.get(uid)!;
  }

  metricNumber(device: DeviceTarget, key: string): number {
    const known = device.profile.metricNumbers.get(key);
    if (known !== undefined) return known;
    return this.profile.metricNumbers.size >= MAX_METRICS_PER_PROFILE ? METRIC_TO_EXTRAS : METRIC_PENDING;
  }

  requestMetrics(_device: DeviceTarget, keys: readonly string[]): void {
    for (const key of keys) this.asked.add(key);
  }

  /** Gives numbers to the keys that were asked for, as far as there are any left. */
  settle(): void {
    for (const key of this.asked) {
      const { metricNumbers } = this.profile;
      if (metricNumbers.size < MAX_METRICS_PER_PROFILE) metricNumbers.set(key, metricNumbers.size);
    }
    this.asked.clear();
  }

  /** The messages of a batch in words, as a reader of them would want to see them. */
  messages(batch: MessageBatch): DecodedMessage[] {
    const keys = new Map([...this.profile.metricNumbers].map(([key, number]) => [number, key]));
    return Array.from({ length: batch.length }, (_, index) => {
      const values: Record<string, number> = {};
      for (let i = batch.valueStart(index); i < batch.valueEnds[index]!; i++) {
        values[keys.get(batch.metricNumbers[i]!)!] = batch.values[i]!;
      }
      const extras = batch.extras.get(index);
      const message = { device: batch.deviceIds[index]!, micros: batch.timesMicros[index]!, values };
      return extras === undefined ? message : { ...message, extras: JSON.parse(extras) as unknown };
    });
  }
}

export interface DecodedMessage {
  readonly device: number;
  readonly micros: number;
  readonly values: Readonly<Record<string, number>>;
  readonly extras?: unknown;
}
