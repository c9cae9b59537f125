import { setImmediate as nextTurn } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import { VALID } from "@sluice/core/telemetry/validity.ts";
import type { Series, SeriesQuery } from "./reader.ts";
import { openSlice } from "./slice.ts";
import type { StoredSlice } from "./telemetry-store.ts";
import { Turns } from "./turns.ts";

/** Slices decoded before other work gets a turn: about a millisecond. */
const SLICES_PER_TURN = 32;
/** Rows put in their places before others have their turn: a few milliseconds. */
const ROWS_PER_TURN = 16_384;
/** Of one query, 0.3 to 0.8 GB while it is read; of one metric each second that is the better half of a year. */
const MAX_VALUES = 20_000_000;

/** Messages sorted by device and time, wherever they lie: a slice, or rows of a part. */
export type ReadingRows = Pick<
  SliceReader,
  "deviceIds" | "timesMicros" | "metricNumbers" | "hasExtras" | "rowsOf" | "flagsOf" | "forEachValue" | "forEachExtras"
>;

/** The rows of one source that a query wants. */
export interface Found {
  readonly slice: ReadingRows;
  readonly from: number;
  readonly to: number;
  /** Row − `from` → index in the answer. */
  places: Int32Array;
}

/** By metric number, one a time of the answer. */
export interface Columns {
  readonly values: Map<number, Float64Array>;
  readonly flags: Map<number, Uint8Array>;
}

/**
 * Reads one device's messages out of slices given in the order of arrival (and out of what arrived `earlier`, in order too),
 * resolves versions (the later one holds, metric by metric) and sorts by time.
 */
export async function readSeries(
  slices: readonly Pick<StoredSlice, "body">[],
  query: SeriesQuery,
  earlier: readonly ReadingRows[] = [],
): Promise<Series> {
  const found: Found[] = earlier.map((rows) => findRows(rows, query)).filter((piece) => piece !== undefined);
  let values = 0;
  for (const [i, stored] of slices.entries()) {
    if (i % SLICES_PER_TURN === SLICES_PER_TURN - 1) await nextTurn();
    const piece = findRows(openSlice(stored.body), query);
    if (piece === undefined) continue;
    values += (piece.to - piece.from) * Math.max(1, (query.metricNumbers ?? piece.slice.metricNumbers).length);
    assertFewEnough(values, query);
    found.push(piece);
  }
  const extras = new Map<number, string>();
  return { ...(await mergeFound(found, query.metricNumbers, extras)), extras };
}

/**
 * Puts rows of several sources, given in the order of arrival, in their places, a stretch of time after the other, so that others
 * have their turn in between however long the series is.
 */
async function mergeFound(
  found: readonly Found[],
  metricNumbers: readonly number[] | undefined,
  extras?: Map<number, string>,
): Promise<Omit<Series, "extras">> {
  const total = countRows(found);
  const times = new Float64Array(total);
  const columns: Columns = { values: new Map(), flags: new Map() };
  const turns = new Turns(ROWS_PER_TURN);
  let count = 0;
  for (const pieces of cutByTime(found)) {
    const placed = placeRows(pieces);
    times.set(placed, count);
    for (const piece of pieces) {
      for (let row = 0; row < piece.places.length; row++) piece.places[row]! += count;
      takeValues(piece, metricNumbers, total, columns);
      if (extras !== undefined) takeExtras(piece, extras);
      if (turns.isOver(piece.to - piece.from)) await turns.next();
    }
    count += placed.length;
  }
  const whole = <T extends Float64Array | Uint8Array>(column: T) => column.subarray(0, count) as T;
  return {
    timesMicros: whole(times),
    columns: new Map([...columns.values].map(([metric, values]) => [metric, whole(values)])),
    flags: new Map([...withoutUnmarked(columns.flags)].map(([metric, marks]) => [metric, whole(marks)])),
  };
}

/** Stretches of time with so few rows, unless more are of one moment, that to put them in order takes a few milliseconds. */
function* cutByTime(found: readonly Found[]): Generator<readonly Found[]> {
  const [first, last] = extentOf(found);
  if (countRows(found) <= ROWS_PER_TURN || first === last) {
    yield found;
    return;
  }
  const middle = first + Math.ceil((last - first) / 2);
  const cuts = found.map(({ slice, from, to }) => firstAtOrAfter(slice.timesMicros, middle, from, to));
  yield* cutByTime(found.map((piece, i) => foundRows(piece.slice, piece.from, cuts[i]!)).filter(hasRows));
  yield* cutByTime(found.map((piece, i) => foundRows(piece.slice, cuts[i]!, piece.to)).filter(hasRows));
}

function extentOf(found: readonly Found[]): [firstMicros: number, lastMicros: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { slice, from, to } of found) {
    first = Math.min(first, slice.timesMicros[from]!);
    last = Math.max(last, slice.timesMicros[to - 1]!);
  }
  return [first, last];
}

function countRows(found: readonly Found[]): number {
  return found.reduce((sum, { from, to }) => sum + to - from, 0);
}

function hasRows({ from, to }: Found): boolean {
  return to > from;
}

function foundRows(slice: ReadingRows, from: number, to: number): Found {
  return { slice, from, to, places: new Int32Array(0) };
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

/** As `readSeries`, of sources that are open already; no extras. */
export function mergeSeries(
  sources: readonly ReadingRows[],
  query: SeriesQuery & { readonly metricNumbers: readonly number[] },
): Promise<Omit<Series, "extras">> {
  const found = sources.map((rows) => findRows(rows, query)).filter((piece) => piece !== undefined);
  return mergeFound(found, query.metricNumbers);
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
  slices: readonly ReadingRows[],
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

function findRows(slice: ReadingRows, { deviceId, fromMicros, toMicros }: SeriesQuery): Found | undefined {
  const [first, last] = slice.rowsOf(deviceId);
  const from = firstAtOrAfter(slice.timesMicros, fromMicros, first, last);
  const to = firstAtOrAfter(slice.timesMicros, toMicros, from, last);
  return to > from ? foundRows(slice, from, to) : undefined;
}

/** Gives every found row its place in the answer, equal times the same one; returns the times of the answer. */
function placeRows(found: readonly Found[]): Float64Array {
  const total = countRows(found);
  const times = new Float64Array(total);
  let at = 0;
  let inOrder = true;
  for (const { slice, from, to } of found) {
    times.set(slice.timesMicros.subarray(from, to), at);
    at += to - from;
  }
  for (let i = 1; i < total && inOrder; i++) inOrder = times[i - 1]! <= times[i]!;
  const order = inOrder ? undefined : mergeRuns(found, times);

  const placeOf = new Int32Array(total);
  const distinct = new Float64Array(total);
  let count = 0;
  for (let i = 0; i < total; i++) {
    const index = order === undefined ? i : order[i]!;
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

/** Indexes of times in their order, equal ones in the order of arrival: each piece is a run that ascends already. */
function mergeRuns(found: readonly Found[], times: Float64Array): Int32Array {
  let order = Int32Array.from(times.keys());
  let spare = new Int32Array(times.length);
  let ends = found.map(({ from, to }) => to - from);
  for (let run = 1; run < ends.length; run++) ends[run]! += ends[run - 1]!;
  while (ends.length > 1) {
    const merged: number[] = [];
    for (let run = 0; run < ends.length; run += 2) {
      const start = run === 0 ? 0 : ends[run - 1]!;
      mergeTwo(order, spare, times, start, ends[run]!, ends[run + 1] ?? ends[run]!);
      merged.push(ends[run + 1] ?? ends[run]!);
    }
    [order, spare] = [spare, order];
    ends = merged;
  }
  return order;
}

function mergeTwo(
  from: Int32Array,
  into: Int32Array,
  times: Float64Array,
  start: number,
  middle: number,
  end: number,
): void {
  let [left, right] = [start, middle];
  for (let at = start; at < end; at++) {
    const isLeft = right === end || (left < middle && times[from[left]!]! <= times[from[right]!]!);
    into[at] = isLeft ? from[left++]! : from[right++]!;
  }
}

export function takeValues(
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
  return new Map([...flags].filter(([, marks]) => hasMark(marks)));
}

/** A loop, since there may be millions. */
function hasMark(marks: Uint8Array): boolean {
  for (let row = 0; row < marks.length; row++) if (marks[row] !== VALID) return true;
  return false;
}

function markedColumn(flags: Map<number, Uint8Array>, metric: number, length: number): Uint8Array {
  let column = flags.get(metric);
  if (column === undefined) {
    column = new Uint8Array(length);
    flags.set(metric, column);
  }
  return column;
}

export function takeExtras({ slice, from, to, places }: Found, extras: Map<number, string>): void {
  slice.forEachExtras(from, to, (row, text) => {
    const place = places[row - from]!;
    const earlier = extras.get(place);
    extras.set(place, earlier === undefined ? text : mergeExtras(earlier, text));
  });
}

export function mergeExtras(earlier: string, later: string): string {
  return JSON.stringify({ ...JSON.parse(earlier), ...JSON.parse(later) });
}

/** Rows of one device within a slice ascend in time. */
export function firstAtOrAfter(times: Float64Array, micros: number, from = 0, to = times.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < micros) low = middle + 1;
    else high = middle;
  }
  return low;
}
