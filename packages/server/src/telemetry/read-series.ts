import { setImmediate as nextTurn } from "node:timers/promises";
import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import type { Series, SeriesQuery } from "./reader.ts";
import { openSlice } from "./slice.ts";
import type { StoredSlice } from "./telemetry-store.ts";

/** Slices decoded before other work gets a turn: about a millisecond. */
const SLICES_PER_TURN = 32;

/** The rows of one slice that a query wants. */
interface Found {
  readonly slice: SliceReader;
  readonly from: number;
  readonly to: number;
  /** Row − `from` → index in the answer. */
  places: Int32Array;
}

/**
 * Reads one device's messages out of slices given in the order of arrival, resolves versions (the later one holds, metric
 * by metric) and sorts by time.
 */
export async function readSeries(slices: readonly StoredSlice[], query: SeriesQuery): Promise<Series> {
  const found: Found[] = [];
  for (const [i, stored] of slices.entries()) {
    if (i % SLICES_PER_TURN === SLICES_PER_TURN - 1) await nextTurn();
    const slice = openSlice(stored.body);
    const [first, last] = slice.rowsOf(query.deviceId);
    const from = firstAtOrAfter(slice.timesMicros, query.fromMicros, first, last);
    const to = firstAtOrAfter(slice.timesMicros, query.toMicros, from, last);
    if (to > from) found.push({ slice, from, to, places: new Int32Array(to - from) });
  }
  const timesMicros = placeRows(found);
  const columns = new Map<number, Float64Array>();
  const extras = new Map<number, string>();
  for (const [i, piece] of found.entries()) {
    if (i % SLICES_PER_TURN === SLICES_PER_TURN - 1) await nextTurn();
    takeValues(piece, query.metricNumbers, timesMicros.length, columns);
    takeExtras(piece, extras);
  }
  return { timesMicros, columns, extras };
}

/** Gives every found row its place in the answer, equal times the same one; returns the times of the answer. */
function placeRows(found: readonly Found[]): Float64Array {
  const total = found.reduce((sum, { from, to }) => sum + to - from, 0);
  const times = new Float64Array(total);
  let at = 0;
  let inOrder = true;
  for (const { slice, from, to } of found) {
    times.set(slice.timesMicros.subarray(from, to), at);
    at += to - from;
  }
  for (let i = 1; i < total && inOrder; i++) inOrder = times[i - 1]! <= times[i]!;
  const order = Int32Array.from({ length: total }, (_, i) => i);
  if (!inOrder) order.sort((a, b) => times[a]! - times[b]! || a - b);

  const placeOf = new Int32Array(total);
  const distinct = new Float64Array(total);
  let count = 0;
  for (const index of order) {
    if (count === 0 || distinct[count - 1] !== times[index]) distinct[count++] = times[index]!;
    placeOf[index] = count - 1;
  }
  let start = 0;
  for (const piece of found) {
    piece.places = placeOf.subarray(start, start + piece.to - piece.from);
    start += piece.to - piece.from;
  }
  return distinct.slice(0, count);
}

function takeValues(
  { slice, from, to, places }: Found,
  wanted: readonly number[] | undefined,
  length: number,
  columns: Map<number, Float64Array>,
): void {
  for (const metric of wanted ?? slice.metricNumbers) {
    let column = columns.get(metric);
    slice.forEachValue(metric, from, to, (row, value) => {
      if (column === undefined) {
        column = new Float64Array(length).fill(Number.NaN);
        columns.set(metric, column);
      }
      column[places[row - from]!] = value;
    });
  }
}

function takeExtras({ slice, from, to, places }: Found, extras: Map<number, string>): void {
  slice.forEachExtras(from, to, (row, text) => {
    const place = places[row - from]!;
    const earlier = extras.get(place);
    extras.set(place, earlier === undefined ? text : mergeExtras(earlier, text));
  });
}

function mergeExtras(earlier: string, later: string): string {
  return JSON.stringify({ ...JSON.parse(earlier), ...JSON.parse(later) });
}

/** Rows of one device within a slice ascend in time. */
function firstAtOrAfter(times: Float64Array, micros: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < micros) low = middle + 1;
    else high = middle;
  }
  return low;
}
