import type { BucketFinder } from "./buckets.ts";

/** What summaries of parts of a bucket can be put together to. */
export const AGGREGATES = ["mean", "min", "max", "sum", "count", "first", "last"] as const;
/** What needs the readings themselves and their times. */
export const TIMED_AGGREGATES = ["timeWeightedMean", "increase"] as const;
export type Aggregate = (typeof AGGREGATES)[number] | (typeof TIMED_AGGREGATES)[number];

export function isTimed(aggregate: Aggregate): aggregate is (typeof TIMED_AGGREGATES)[number] {
  return aggregate === "timeWeightedMean" || aggregate === "increase";
}

/** Where each bucket begins in a run of ascending times, and which times are in it: [ends[i − 1], ends[i]). */
export interface BucketRuns {
  readonly startsMicros: readonly number[];
  readonly ends: readonly number[];
}

export function splitIntoBuckets(timesMicros: Float64Array, find: BucketFinder): BucketRuns {
  const startsMicros: number[] = [];
  const ends: number[] = [];
  let endMicros = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < timesMicros.length; i++) {
    const time = timesMicros[i]!;
    if (time < endMicros) continue;
    if (i > 0) ends.push(i);
    const bucket = find(time);
    startsMicros.push(bucket.startMicros);
    endMicros = bucket.endMicros;
  }
  if (timesMicros.length > 0) ends.push(timesMicros.length);
  return { startsMicros, ends };
}

/** One aggregate of a column over every bucket; NaN marks values that are missing, and buckets that have none. */
export function aggregateColumn(
  values: Float64Array,
  ends: readonly number[],
  aggregate: (typeof AGGREGATES)[number],
): Float64Array {
  const reduce = REDUCERS[aggregate];
  const answer = new Float64Array(ends.length);
  for (let bucket = 0; bucket < ends.length; bucket++) {
    answer[bucket] = reduce(values, bucket === 0 ? 0 : ends[bucket - 1]!, ends[bucket]!);
  }
  return answer;
}

type Reducer = (values: Float64Array, from: number, to: number) => number;

const count: Reducer = (values, from, to) => {
  let present = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(values[i])) present++;
  return present;
};

const sum: Reducer = (values, from, to) => {
  let total = 0;
  let present = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    total += value;
    present++;
  }
  return present === 0 ? Number.NaN : total;
};

const extreme =
  (isBetter: (value: number, best: number) => boolean): Reducer =>
  (values, from, to) => {
    let best = Number.NaN;
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      if (!Number.isNaN(value) && (Number.isNaN(best) || isBetter(value, best))) best = value;
    }
    return best;
  };

const REDUCERS: Readonly<Record<(typeof AGGREGATES)[number], Reducer>> = {
  count,
  sum,
  mean: (values, from, to) => sum(values, from, to) / count(values, from, to),
  min: extreme((value, best) => value < best),
  max: extreme((value, best) => value > best),
  first: extreme(() => false),
  last: extreme(() => true),
};
