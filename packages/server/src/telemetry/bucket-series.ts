import { type Aggregate, aggregateColumn, isTimed, splitIntoBuckets } from "@sluice/core/telemetry/aggregate.ts";
import { type BucketFinder, bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import {
  increase,
  type TimedBucket,
  type TimedColumn,
  timeWeightedMean,
} from "@sluice/core/telemetry/timed-aggregates.ts";
import { VALID } from "@sluice/core/telemetry/validity.ts";
import { firstAtOrAfter } from "./read-series.ts";
import type { BucketedSeries, BucketQuery, Series } from "./reader.ts";
import { Turns } from "./turns.ts";

type Buckets = Pick<BucketQuery, "interval" | "zone" | "aggregates" | "fromMicros" | "toMicros"> & {
  /** What is under way is weighted up to now. */
  readonly nowMicros: number;
};

/** Rows gone through before others have their turn: a few milliseconds. */
const ROWS_PER_TURN = 1_000_000;

/**
 * Buckets made of the readings themselves. Readings from before the range are in no bucket; the last of them is what a counter
 * grew from, and what a time-weighted mean begins with.
 */
export async function bucketSeries(whole: Omit<Series, "extras">, query: Buckets): Promise<BucketedSeries> {
  const turns = new Turns(ROWS_PER_TURN);
  const afterOne = async () => {
    if (turns.isOver(whole.timesMicros.length)) await turns.next();
  };
  const find = bucketFinder(parseInterval(query.interval), query.zone);
  const first = firstAtOrAfter(whole.timesMicros, query.fromMicros);
  const valid = new Map<number, Float64Array>();
  for (const [metric, values] of whole.columns) {
    if (!hasAny(values, first)) continue;
    valid.set(metric, validOnly(values, whole.flags.get(metric)));
    await afterOne();
  }
  const rows = rowsWithAny(whole.timesMicros.length, [...valid.values()], first);
  await afterOne();
  const timesMicros = pick(whole.timesMicros, rows);
  const { startsMicros, ends } = splitIntoBuckets(timesMicros, find);
  await afterOne();
  const buckets = query.aggregates.some(isTimed) ? timedBuckets(find, startsMicros, ends, query) : [];
  const columns = new Map<number, Map<Aggregate, Float64Array>>();
  for (const [metric, ofWhole] of valid) {
    const values = pick(ofWhole, rows);
    const before = lastBefore(whole.timesMicros, ofWhole, first);
    const ofMetric = new Map<Aggregate, Float64Array>();
    columns.set(metric, ofMetric);
    await afterOne();
    for (const aggregate of query.aggregates) {
      const column = isTimed(aggregate)
        ? TIMED[aggregate]({ timesMicros, values, buckets, before })
        : aggregateColumn(values, ends, aggregate);
      ofMetric.set(aggregate, column);
      await afterOne();
    }
  }
  return { timesMicros: Float64Array.from(startsMicros), columns };
}

function timedBuckets(
  find: BucketFinder,
  startsMicros: readonly number[],
  ends: readonly number[],
  { fromMicros, toMicros, nowMicros }: Buckets,
): TimedBucket[] {
  return startsMicros.map((start, i) => {
    const { startMicros, endMicros } = find(start);
    return {
      startMicros: Math.max(startMicros, fromMicros),
      endMicros: Math.min(endMicros, toMicros, nowMicros),
      lengthMicros: endMicros - startMicros,
      end: ends[i]!,
    };
  });
}

function lastBefore(timesMicros: Float64Array, values: Float64Array, first: number): TimedColumn["before"] {
  for (let row = first - 1; row >= 0; row--) {
    if (!Number.isNaN(values[row])) return { timeMicros: timesMicros[row]!, value: values[row]! };
  }
  return undefined;
}

const TIMED: Readonly<Record<"timeWeightedMean" | "increase", (column: TimedColumn) => Float64Array>> = {
  timeWeightedMean,
  increase,
};

/** The rows, from one on, in which any of the columns has a value: other times make no bucket. */
function rowsWithAny(length: number, columns: readonly Float64Array[], first: number): Int32Array {
  const rows = new Int32Array(length - first);
  let count = 0;
  for (let row = first; row < length; row++) {
    let isAny = false;
    for (const values of columns) isAny ||= !Number.isNaN(values[row]);
    if (isAny) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function pick(from: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) picked[at] = from[rows[at]!]!;
  return picked;
}

function hasAny(values: Float64Array, from: number): boolean {
  for (let row = from; row < values.length; row++) if (!Number.isNaN(values[row])) return true;
  return false;
}

function validOnly(values: Float64Array, flags: Uint8Array | undefined): Float64Array {
  if (flags === undefined) return values;
  const valid = values.slice();
  for (let row = 0; row < valid.length; row++) if (flags[row] !== VALID) valid[row] = Number.NaN;
  return valid;
}
