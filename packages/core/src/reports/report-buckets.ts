import { bucketFinder, parseInterval } from "../telemetry/buckets.ts";
import type { ReportPeriodKind } from "./report-definition.ts";
import type { ReportPeriod } from "./report-period.ts";

export interface ReportResolution {
  /** What is asked of the telemetry, and the finest in which a gap is seen. From a day on it is made of quarter-hours. */
  readonly bucket: string;
  /** A chart's; made of whole buckets. */
  readonly chart: string;
}

export const RESOLUTIONS: Readonly<Record<ReportPeriodKind, ReportResolution>> = {
  hour: { bucket: "5m", chart: "5m" },
  day: { bucket: "15m", chart: "1h" },
  week: { bucket: "1h", chart: "6h" },
  month: { bucket: "1h", chart: "1d" },
};

/** Where the buckets of a period begin; the last one ends with the period. */
export function bucketStarts(interval: string, { zone, fromMicros, toMicros }: ReportPeriod): Float64Array {
  const find = bucketFinder(parseInterval(interval), zone);
  const starts: number[] = [];
  for (let at = fromMicros; at < toMicros; at = find(at).endMicros) starts.push(at);
  return Float64Array.from(starts);
}

/** The last bucket that begins at a time or before it; −1 before the first. */
export function bucketIndex(starts: Float64Array, timeMicros: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= timeMicros) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
