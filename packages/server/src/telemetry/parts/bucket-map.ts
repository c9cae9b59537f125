import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import { QUARTER_MICROS } from "./part-schema.ts";
import type { BucketRun, Window } from "./part-sql.ts";

/** Buckets that consist of whole quarter-hours, over a range of them. */
export interface BucketMap {
  /** Where each bucket begins. */
  readonly startsMicros: readonly number[];
  readonly runs: readonly BucketRun[];
  /** The number of the bucket in which a quarter-hour lies, by its beginning. */
  bucketOf(quarterMicros: number): number;
}

/** Of the buckets that the windows (sorted, apart) touch. Undefined: one of them begins or ends within a quarter-hour. */
export function mapBuckets(
  interval: string,
  zone: string | undefined,
  windows: readonly Window[],
): BucketMap | undefined {
  const find = bucketFinder(parseInterval(interval), zone);
  const startsMicros: number[] = [];
  const runs: BucketRun[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const [fromMicros, toMicros] of windows) {
    let at = fromMicros;
    // A window that begins within the last bucket of the one before it goes on with it.
    if (at < end) at = end;
    else runs.push({ fromQuarter: Number.NaN, firstBucket: startsMicros.length, quartersPerBucket: 0 });
    while (at < toMicros) {
      const bucket = find(at);
      if (bucket.startMicros % QUARTER_MICROS !== 0 || bucket.endMicros % QUARTER_MICROS !== 0) return undefined;
      const quartersPerBucket = (bucket.endMicros - bucket.startMicros) / QUARTER_MICROS;
      const run = {
        fromQuarter: bucket.startMicros / QUARTER_MICROS,
        firstBucket: startsMicros.length,
        quartersPerBucket,
      };
      const last = runs.at(-1)!;
      if (last.quartersPerBucket === 0) runs[runs.length - 1] = run;
      else if (last.quartersPerBucket !== quartersPerBucket) runs.push(run);
      startsMicros.push(bucket.startMicros);
      at = end = bucket.endMicros;
    }
  }
  return { startsMicros, runs, bucketOf: bucketFinderOf(runs) };
}

function bucketFinderOf(runs: readonly BucketRun[]): (quarterMicros: number) => number {
  return (quarterMicros) => {
    const quarter = quarterMicros / QUARTER_MICROS;
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle]!.fromQuarter <= quarter) low = middle + 1;
      else high = middle;
    }
    const run = runs[low - 1]!;
    return run.firstBucket + Math.floor((quarter - run.fromQuarter) / run.quartersPerBucket);
  };
}
