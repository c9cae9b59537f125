/** How often a series reports. */
export interface Cadence {
  readonly intervalMs: number;
  /** How far apart the buckets are in which it says something: longer than the interval where it reports in bursts. */
  readonly stepMs: number;
}

/** Fewer buckets with readings than this tell nothing. */
const LEAST_BUCKETS = 4;
/** Readings that a window holds: fewer of them, and one more or less would be a different interval. */
const READINGS_A_WINDOW = 30;
/** Windows within this share of the median are as the device means to report; others hold a backlog, or a loss. */
const ALIKE = 0.1;
/** A silence of so many steps is a gap, and no part of the rhythm. */
const STEPS_OF_A_GAP = 3;

/**
 * What a series did, from how many readings each bucket holds: windows slide over it from its first reading to its last, gaps left
 * out, and those that hold about the median number of readings say how far apart readings are. Undefined where it said too little
 * to tell.
 */
export function observedCadence(counts: ArrayLike<number>, startsMicros: Float64Array): Cadence | undefined {
  const filled: number[] = [];
  for (let bucket = 0; bucket < counts.length; bucket++) if (counts[bucket]! > 0) filled.push(bucket);
  if (filled.length < LEAST_BUCKETS) return undefined;
  const step = medianOf(filled.slice(1).map((bucket, i) => bucket - filled[i]!));
  const bucketMs = (startsMicros[1]! - startsMicros[0]!) / 1000;
  const rhythm = withoutGaps(counts, filled, STEPS_OF_A_GAP * step);
  const readings = rhythm.reduce((sum, count) => sum + count, 0);
  const wanted = Math.ceil((READINGS_A_WINDOW * rhythm.length) / readings);
  const size = Math.max(1, Math.min(wanted, Math.floor(rhythm.length / 3)));
  const sums = windowSums(rhythm, size);
  const middle = medianOf(sums);
  const alike = sums.filter((sum) => Math.abs(sum - middle) <= Math.max(1, middle * ALIKE));
  const mean = alike.reduce((total, sum) => total + sum, 0) / alike.length;
  return { stepMs: step * bucketMs, intervalMs: (size * bucketMs) / mean };
}

function withoutGaps(counts: ArrayLike<number>, filled: readonly number[], leastGap: number): number[] {
  const rhythm: number[] = [];
  for (const [index, bucket] of filled.entries()) {
    const silent = index === 0 ? 0 : bucket - filled[index - 1]! - 1;
    if (silent < leastGap) for (let empty = 0; empty < silent; empty++) rhythm.push(0);
    rhythm.push(counts[bucket]!);
  }
  return rhythm;
}

/** Of every `size` counts that follow each other. */
function windowSums(counts: readonly number[], size: number): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (const [index, count] of counts.entries()) {
    sum += count;
    if (index >= size) sum -= counts[index - size]!;
    if (index + 1 >= size) sums.push(sum);
  }
  return sums;
}

/** The lower one of the two in the middle, so that it is one of the values. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}
