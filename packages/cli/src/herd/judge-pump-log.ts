import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { checkDeviceLog, type Violation } from "@sluice/core/safety/check-device-log.ts";
import type { EdgeLine } from "@sluice/simulator/device-log.ts";
import { PUMP } from "@sluice/simulator/irrigation/simulated-device.ts";
import type { DeviceLogReport } from "@sluice/simulator/read-device-log.ts";

export interface PumpVerdict {
  readonly onEdges: number;
  /** From the ON of an output that was off to its OFF, whatever commands came in between. */
  readonly longestOnMs: number;
  /** What the log breaks of the safety contract. */
  readonly violations: readonly Violation[];
}

/** What a pump did, by its own log, and whether it was within the limits. */
export function judgePumpLog({ edges, events }: DeviceLogReport, limits: DeviceLimits): PumpVerdict {
  return {
    onEdges: edges.filter(({ edge }) => edge === "ON").length,
    longestOnMs: longestOnMs(edges),
    violations: checkDeviceLog(events, { [PUMP]: limits }),
  };
}

function longestOnMs(edges: readonly EdgeLine[]): number {
  let onSinceMs: number | undefined;
  let longestMs = 0;
  for (const { edge, mono } of edges) {
    if (edge === "ON") onSinceMs ??= mono;
    else {
      longestMs = Math.max(longestMs, mono - (onSinceMs ?? mono));
      onSinceMs = undefined;
    }
  }
  return longestMs;
}
