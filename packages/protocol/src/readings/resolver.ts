import type { Fault } from "./faults.ts";

/** The metrics that a device's messages may name; devices of one profile share it. Numbers are only ever added. */
export interface MetricScope {
  readonly id: number;
  readonly metricNumbers: ReadonlyMap<string, number>;
}

/** A device as decoding needs it. */
export interface DeviceTarget {
  readonly id: number;
  readonly uid: string;
  readonly profile: MetricScope;
}

/** The value belongs into `extras`: the profile takes no further metric. */
export const METRIC_TO_EXTRAS = -1;
/** The number has to be asked for; decode again once it is there. */
export const METRIC_PENDING = -2;

/**
 * What decoding asks about devices and metrics. It never waits: what is not known yet is noted by the resolver, decoding
 * goes on to find everything else that is missing, and the request is decoded again once all of it has been looked up.
 */
export interface DeviceResolver {
  /** The device; why this sender may not speak for it; or undefined while it is being looked up. */
  device(uid: string): DeviceTarget | Fault | undefined;
  /** The metric's number, METRIC_TO_EXTRAS or METRIC_PENDING. */
  metricNumber(device: DeviceTarget, key: string): number;
  /** Asks for numbers of keys that are METRIC_PENDING. Called only for messages that are valid otherwise. */
  requestMetrics(device: DeviceTarget, keys: readonly string[]): void;
}

export function isFault(answer: DeviceTarget | Fault): answer is Fault {
  return "code" in answer;
}
