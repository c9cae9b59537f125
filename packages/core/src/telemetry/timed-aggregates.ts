/** A column over a run of ascending times, and the buckets into which they fall. */
export interface TimedColumn {
  readonly timesMicros: Float64Array;
  /** One a time; NaN where there is none. */
  readonly values: Float64Array;
  readonly buckets: readonly TimedBucket[];
  /** The last reading before the first of these times, where one is known. */
  readonly before?: { readonly timeMicros: number; readonly value: number } | undefined;
}

export interface TimedBucket {
  /** Where what is asked for of the bucket begins and ends: within the range, and not in the future. */
  readonly startMicros: number;
  readonly endMicros: number;
  /** Of the whole bucket. */
  readonly lengthMicros: number;
  /** The index after its last time. */
  readonly end: number;
}

const DAY_MICROS = 86_400_000_000;
/** The last reading before a range is looked for this long before it, at least and at most. */
const MIN_LOOK_BACK_MICROS = DAY_MICROS;
const MAX_LOOK_BACK_MICROS = 7 * DAY_MICROS;

/** How long before a range its last reading is looked for: as long as the first bucket, within a day and a week. */
export function lookBackMicros(bucketLengthMicros: number): number {
  return Math.min(MAX_LOOK_BACK_MICROS, Math.max(MIN_LOOK_BACK_MICROS, bucketLengthMicros));
}

/**
 * The mean over time rather than over readings: a value holds from its reading until the next one or the bucket's end. One
 * from before the bucket holds at its beginning if it is no older than the whole bucket is long; otherwise the mean begins with
 * the bucket's first reading. NaN for a bucket without one.
 */
export function timeWeightedMean({ timesMicros, values, buckets, before }: TimedColumn): Float64Array {
  const answer = new Float64Array(buckets.length).fill(Number.NaN);
  let row = 0;
  let held = before?.value ?? Number.NaN;
  let heldSince = before?.timeMicros ?? Number.NEGATIVE_INFINITY;
  buckets.forEach(({ startMicros, endMicros, lengthMicros, end }, bucket) => {
    if (startMicros - heldSince > lengthMicros) held = Number.NaN;
    let at = startMicros;
    let area = 0;
    let duration = 0;
    let hasOwn = false;
    const holdUntil = (micros: number) => {
      if (!Number.isNaN(held) && micros > at) {
        area += held * (micros - at);
        duration += micros - at;
      }
      at = Math.max(at, micros);
    };
    for (; row < end; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      holdUntil(timesMicros[row]!);
      held = value;
      heldSince = timesMicros[row]!;
      hasOwn = true;
    }
    holdUntil(endMicros);
    // A reading of this very moment has not held for any time yet.
    if (hasOwn) answer[bucket] = duration === 0 ? held : area / duration;
  });
  return answer;
}

/**
 * By how much a counter grew within each bucket, the step from the last reading before it included. A reading that is smaller
 * than the one before it is of a counter that began anew at 0. NaN for a bucket without a reading.
 */
export function increase({ values, buckets, before: last }: TimedColumn): Float64Array {
  const answer = new Float64Array(buckets.length).fill(Number.NaN);
  let row = 0;
  let before = last?.value ?? Number.NaN;
  buckets.forEach(({ end }, bucket) => {
    for (; row < end; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      const step = Number.isNaN(before) ? 0 : value >= before ? value - before : value;
      answer[bucket] = (Number.isNaN(answer[bucket]!) ? 0 : answer[bucket]!) + step;
      before = value;
    }
  });
  return answer;
}
