import { type Fault, faultsOf } from "@sluice/core/telemetry/validity.ts";
import type { DeviceEntry } from "../devices/index.ts";
import type { LatestMessage } from "../telemetry/index.ts";
import { toEpochMs } from "./query-time.ts";

/** The newest value of each metric of a device, as REST and the live stream show it. */
export interface LatestView {
  /** Uid. */
  readonly device: string;
  /** Epoch milliseconds of the newest message; null before the first. */
  readonly ts: number | null;
  readonly values: Record<string, number>;
  /** What is wrong with those of the values that cannot be what the sensor measured; absent when all can. */
  readonly invalid?: Record<string, Fault[]>;
  /** What the newest message that had any said besides numbers. */
  readonly extras?: Record<string, unknown>;
}

/** Only these keys when they are given; `ts` is then the newest time of those metrics. */
export function latestView(
  device: Pick<DeviceEntry, "uid" | "profile">,
  latest: LatestMessage | undefined,
  keys?: ReadonlySet<string>,
): LatestView {
  const values: Record<string, number> = {};
  const invalid: Record<string, Fault[]> = {};
  let newestMicros: number | undefined;
  for (const [number, { value, flags, timeMicros }] of latest?.values ?? []) {
    const key = device.profile.metricKeys[number];
    if (key === undefined || Number.isNaN(value) || keys?.has(key) === false) continue;
    values[key] = value;
    if (flags !== undefined) invalid[key] = faultsOf(flags);
    newestMicros = Math.max(newestMicros ?? timeMicros, timeMicros);
  }
  const micros = keys === undefined ? latest?.timeMicros : newestMicros;
  const extras = extrasOf(latest, keys);
  return {
    device: device.uid,
    ts: micros === undefined ? null : toEpochMs(micros),
    values,
    ...(Object.keys(invalid).length === 0 ? {} : { invalid }),
    ...(extras.length === 0 ? {} : { extras: Object.fromEntries(extras) }),
  };
}

function extrasOf(latest: LatestMessage | undefined, keys: ReadonlySet<string> | undefined): [string, unknown][] {
  if (latest?.extras === undefined) return [];
  const extras = Object.entries(JSON.parse(latest.extras) as Record<string, unknown>);
  return extras.filter(([key]) => !key.startsWith("$") && keys?.has(key) !== false);
}
