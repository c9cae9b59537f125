import { setImmediate as nextTurn } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import { VALID } from "@sluice/core/telemetry/validity.ts";
import type { Series, SeriesQuery } from "./reader.ts";
import { openSlice } from "./slice.ts";
import type { StoredSlice } from "./telemetry-store.ts";

/** Slices decoded before other work gets a turn: about a millisecond. */
const SLICES_PER_TURN = 32;
/** Of one query, 0.3 to 0.8 GB while it is read; of one metric each second that is the better half of a year. */
const MAX_VALUES = 20_000_000;

/** The rows of one slice that a query wants. */
interface Found {
  readonly slice: SliceReader;
  readonly from: number;
  readonly to: number;
  /** Row − `from` → index in the answer. */
  places: Int32Array;
}

/** By metric number, one a time of the answer. */
interface Columns {
  readonly values: Map<number, Float64Array>;
  readonly flags: Map<number, Uint8Array>;
}

/**
 * Reads one device's messages out of slices given in the order of arrival, resolves versions (the later one holds, metric
 * by metric) and sorts by time.
 */
export async function readSeries(slices: readonly StoredSlice[], query: SeriesQuery): Promise<Series> {
  const found: Found[] = [];
  let values = 0;
  for (const [i, stored] of slices.entries()) {
    if (i % SLICES_PER_TURN === SLICES_PER_TURN - 1) await nextTurn();
    const piece = findRows(openSlice(stored.body), query);
    if (piece === undefined) continue;
    values += (piece.to - piece.from) * Math.max(1, (query.metricNumbers ?? piece.slice.metricNumbers).length);
    assertFewEnough(values, query);
    found.push(piece);
  }
  const timesMicros = placeRows(found);
  const columns: Columns = { values: new Map(), flags: new Map() };
  const extras = new Map<number, string>();
  for (const [i, piece] of found.entries()) {
    if (i % SLICES_PER_TURN === SLICES_PER_TURN - 1) await nextTurn();
    takeValues(piece, query.metricNumbers, timesMicros.length, columns);
    takeExtras(piece, extras);
  }
  return { timesMicros, columns: columns.values, flags: withoutUnmarked(columns.flags), extras };
}

/** Before they are put into columns, which is where the memory goes. */
function assertFewEnough(values: number, { maxValues = MAX_VALUES }: SeriesQuery): void {
  if (values <= maxValues) return;
  throw new SluiceError(
    "invalid",
    "query.too_many_points",
    `There are more than ${maxValues} values in the range: shorten it, or name fewer metrics.`,
    { details: { limit: maxValues } },
  );
}

/** The valid readings of one device, without a turn for others: for threads that have nothing else to do. */
export interface ValidReadings {
  readonly timesMicros: Float64Array;
  /** In the order of the query's metrics; NaN where there is no valid reading. */
  readonly columns: readonly Float64Array[];
  readonly valid: number;
  /** Readings that were left out. */
  readonly invalid: number;
}

/** As `readSeries`, over slices that are open already. */
export function readValid(
  slices: readonly SliceReader[],
  query: SeriesQuery & { readonly metricNumbers: readonly number[] },
): ValidReadings {
  const found = slices.map((slice) => findRows(slice, query)).filter((piece) => piece !== undefined);
  const timesMicros = placeRows(found);
  const columns: Columns = { values: new Map(), flags: new Map() };
  for (const piece of found) takeValues(piece, query.metricNumbers, timesMicros.length, columns);
  let invalid = 0;
  for (const [metric, marks] of columns.flags) {
    const values = columns.values.get(metric)!;
    marks.forEach((mark, row) => {
      if (mark === VALID) return;
      values[row] = Number.NaN;
      invalid++;
    });
  }
  const nothing = () => new Float64Array(timesMicros.length).fill(Number.NaN);
  const wanted = query.metricNumbers.map((metric) => columns.values.get(metric) ?? nothing());
  return { timesMicros, columns: wanted, valid: wanted.reduce((sum, values) => sum + countValid(values), 0), invalid };
}

function countValid(values: Float64Array): number {
  let count = 0;
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) count++;
  return count;
}

function findRows(slice: SliceReader, { deviceId, fromMicros, toMicros }: SeriesQuery): Found | undefined {
  const [first, last] = slice.rowsOf(deviceId);
  const from = firstAtOrAfter(slice.timesMicros, fromMicros, first, last);
  const to = firstAtOrAfter(slice.timesMicros, toMicros, from, last);
  return to > from ? { slice, from, to, places: new Int32Array(to - from) } : undefined;
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
  columns: Columns,
): void {
  const { flags } = columns;
  for (const metric of wanted ?? slice.metricNumbers) {
    let column = columns.values.get(metric);
    const marks = slice.flagsOf(metric);
    const marked = marks === undefined ? flags.get(metric) : markedColumn(flags, metric, length);
    slice.forEachValue(metric, from, to, (row, value) => {
      if (column === undefined) {
        column = new Float64Array(length).fill(Number.NaN);
        columns.values.set(metric, column);
      }
      const place = places[row - from]!;
      if (marked !== undefined) {
        const mark = marks?.[row] ?? VALID;
        // The same reading sent again keeps its mark: it was judged when it came first.
        marked[place] = Object.is(column[place], value) ? marked[place]! | mark : mark;
      }
      column[place] = value;
    });
  }
}

function withoutUnmarked(flags: ReadonlyMap<number, Uint8Array>): Map<number, Uint8Array> {
  return new Map([...flags].filter(([, marks]) => marks.some((mark) => mark !== VALID)));
}

function markedColumn(flags: Map<number, Uint8Array>, metric: number, length: number): Uint8Array {
  let column = flags.get(metric);
  if (column === undefined) {
    column = new Uint8Array(length);
    flags.set(metric, column);
  }
  return column;
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
