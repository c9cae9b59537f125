import type { ReadingRows } from "../read-series.ts";
import type { PartRows } from "./part-rows.ts";

/** Rows of a part as `readSeries` takes them. */
export function asReadingRows(rows: PartRows): ReadingRows {
  const { deviceIds, timesMicros, columns, flags, extras } = rows;
  const rowsWithExtras = Int32Array.from(extras.keys());
  return {
    deviceIds,
    timesMicros,
    hasExtras: extras.size > 0,
    metricNumbers: [...columns.keys()],
    rowsOf: (deviceId) => [firstAtOrAfter(deviceIds, deviceId), firstAtOrAfter(deviceIds, deviceId + 1)],
    flagsOf: (metric) => flags.get(metric),
    forEachValue: (metric, from, to, visit) => {
      const values = columns.get(metric);
      if (values === undefined) return;
      for (let row = from; row < to; row++) if (!Number.isNaN(values[row])) visit(row, values[row]!);
    },
    forEachExtras: (from, to, visit) => {
      for (let at = firstAtOrAfter(rowsWithExtras, from); rowsWithExtras[at]! < to; at++) {
        visit(rowsWithExtras[at]!, extras.get(rowsWithExtras[at]!)!);
      }
    },
  };
}

function firstAtOrAfter(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
