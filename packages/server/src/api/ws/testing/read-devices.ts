import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { NO_LIMITS } from "@sluice/core/telemetry/validity.ts";
import type { DeviceEntry } from "../../../devices/index.ts";
import type { LatestValues } from "../../../telemetry/index.ts";
import type { ReadingsFeed } from "../readings-feed.ts";

const METRICS = ["level", "ph", "flow"] as const;

/** Devices 1 and 2 of organization 1, and 3 of another. */
export interface ReadDevices {
  readonly devices: DeviceEntry[];
  readonly stranger: DeviceEntry;
  /** As the pipeline does after a commit. */
  say(
    deviceId: number,
    timeMs: number,
    values: Partial<Record<(typeof METRICS)[number], number>>,
    flags?: number,
  ): void;
}

export function readDevices(latest: LatestValues, feed?: ReadingsFeed): ReadDevices {
  return {
    devices: [deviceOf(1, 1), deviceOf(2, 1)],
    stranger: deviceOf(3, 2),
    say: (deviceId, timeMs, values, flags = 0) => {
      const batch = new MessageBatch(1);
      for (const [key, value] of Object.entries(values)) {
        batch.addValue(METRICS.indexOf(key as (typeof METRICS)[number]), value);
        batch.setFlags(batch.valueCount - 1, flags);
      }
      batch.endMessage(deviceId, timeMs * 1_000);
      latest.apply(batch, Int32Array.of(0), () => 1);
      feed?.onStored(batch);
    },
  };
}

function deviceOf(id: number, organizationId: number): DeviceEntry {
  return {
    id,
    uid: `device-${id}`,
    organizationId,
    siteId: 1,
    active: true,
    profile: {
      id: 1,
      organizationId,
      key: "tank",
      metricNumbers: new Map(METRICS.map((key, number) => [key, number])),
      metricKeys: METRICS,
      validity: NO_LIMITS,
      readingsPerSecond: 1_000,
      readingsBurst: 10_000,
    },
  };
}
