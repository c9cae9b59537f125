import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import type { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import { type Columns, type Found, takeExtras, takeValues } from "../read-series.ts";
import type { PartRows, PartShape } from "./part-rows.ts";
import { dayOf } from "./periods.ts";

/** Consecutive rows of a slice. */
export interface SliceRun {
  readonly slice: SliceReader;
  readonly from: number;
  readonly to: number;
}

/** A run of one UTC day that is to be kept, or erased for one request. */
export interface CutRun extends SliceRun {
  readonly erasure: number | undefined;
}

/**
 * Which rows of a slice are of these devices (both inclusive), cut where the UTC day changes or what is to be erased begins or
 * ends.
 */
export function cutByDay(
  slice: SliceReader,
  minDevice: number,
  maxDevice: number,
  erasureOf: (deviceId: number) => number | undefined = () => undefined,
): { readonly day: number; readonly run: CutRun }[] {
  const [from] = slice.rowsOf(minDevice);
  const [, to] = slice.rowsOf(maxDevice);
  const runs: { day: number; run: CutRun }[] = [];
  for (let start = from; start < to; ) {
    const day = dayOf(slice.timesMicros[start]!);
    const erasure = erasureOf(slice.deviceIds[start]!);
    let end = start + 1;
    while (end < to && dayOf(slice.timesMicros[end]!) === day && erasureOf(slice.deviceIds[end]!) === erasure) end++;
    runs.push({ day, run: { slice, from: start, to: end, erasure } });
    start = end;
  }
  return runs;
}

/** What may be in these runs. */
export function shapeOf(runs: readonly SliceRun[], keys: ReadonlyMap<number, string>): PartShape {
  const numbers = new Set<number>();
  const flagged = new Set<number>();
  let hasExtras = false;
  for (const slice of new Set(runs.map((run) => run.slice))) {
    for (const number of slice.metricNumbers) {
      numbers.add(number);
      if (slice.flagsOf(number) !== undefined) flagged.add(number);
    }
    hasExtras ||= slice.hasExtras;
  }
  const ascending = [...numbers].sort((a, b) => a - b);
  return {
    keys: new Map(ascending.map((number) => [number, keys.get(number) ?? `metric_${number}`])),
    flagged,
    hasExtras,
  };
}

/** A run whose rows know their places among the merged rows; places never fall within it. */
interface PlacedRun extends SliceRun {
  readonly places: Int32Array;
}

/**
 * The rows of runs that are given in the order of arrival, sorted by device and time, each (device, time) once: where it was
 * sent more than once the later message holds, metric by metric, exactly as a query of the slices would answer.
 */
export class MergedSlices {
  readonly length: number;
  /** Rows that went into them. */
  readonly sourceRows: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  private readonly runs: readonly PlacedRun[];
  private readonly deviceIds: Int32Array;
  private readonly timesMicros: Float64Array;

  constructor(runs: readonly SliceRun[], sorter: MessageSorter) {
    const batch = gatherKeys(runs);
    const order = sorter.sort(batch);
    const { places, length } = placeRows(batch, order);
    this.length = length;
    this.sourceRows = batch.length;
    this.deviceIds = new Int32Array(length);
    this.timesMicros = new Float64Array(length);
    let minMicros = Number.POSITIVE_INFINITY;
    let maxMicros = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < batch.length; row++) {
      const time = batch.timesMicros[row]!;
      this.deviceIds[places[row]!] = batch.deviceIds[row]!;
      this.timesMicros[places[row]!] = time;
      if (time < minMicros) minMicros = time;
      if (time > maxMicros) maxMicros = time;
    }
    this.minMicros = minMicros;
    this.maxMicros = maxMicros;
    this.minDevice = this.deviceIds[0]!;
    this.maxDevice = this.deviceIds[length - 1]!;
    let at = 0;
    this.runs = runs.map((run) => {
      const start = at;
      at += run.to - run.from;
      return { ...run, places: places.subarray(start, at) };
    });
  }

  /** How many rows have about so many characters of extras; the largest slices are far below it. */
  rowsPerExtras(characters: number): number {
    const all = this.runs.reduce((sum, { slice, from, to }) => sum + (slice.extrasBytes * (to - from)) / slice.rows, 0);
    return all <= characters ? this.length : Math.max(1, Math.floor((this.length * characters) / all));
  }

  /** Rows `from` to `to - 1`. */
  rows(from: number, to: number): PartRows {
    const length = to - from;
    const columns: Columns = { values: new Map(), flags: new Map() };
    const extras = new Map<number, string>();
    for (const run of this.runs) {
      const piece = cutToPlaces(run, from, to);
      if (piece === undefined) continue;
      takeValues(piece, undefined, length, columns);
      if (piece.slice.hasExtras) takeExtras(piece, extras);
    }
    return {
      length,
      deviceIds: this.deviceIds.subarray(from, to),
      timesMicros: this.timesMicros.subarray(from, to),
      columns: columns.values,
      flags: columns.flags,
      extras,
    };
  }
}

function gatherKeys(runs: readonly SliceRun[]): MessageBatch {
  const rows = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const batch = new MessageBatch(rows, 0);
  for (const { slice, from, to } of runs) {
    batch.deviceIds.set(slice.deviceIds.subarray(from, to), batch.length);
    batch.timesMicros.set(slice.timesMicros.subarray(from, to), batch.length);
    batch.length += to - from;
  }
  return batch;
}

/** Equal devices and times get the same place. */
function placeRows(batch: MessageBatch, order: Int32Array): { places: Int32Array; length: number } {
  const places = new Int32Array(batch.length);
  let place = -1;
  let device = -1;
  let time = -1;
  for (let i = 0; i < batch.length; i++) {
    const row = order[i]!;
    if (batch.deviceIds[row] !== device || batch.timesMicros[row] !== time) {
      place++;
      device = batch.deviceIds[row]!;
      time = batch.timesMicros[row]!;
    }
    places[row] = place;
  }
  return { places, length: place + 1 };
}

function cutToPlaces({ slice, from, places }: PlacedRun, first: number, end: number): Found | undefined {
  if (places[0]! >= end || places.at(-1)! < first) return undefined;
  const low = lowerBound(places, first);
  const high = lowerBound(places, end);
  if (high === low) return undefined;
  const shifted = places.slice(low, high);
  if (first > 0) for (let i = 0; i < shifted.length; i++) shifted[i]! -= first;
  return { slice, from: from + low, to: from + high, places: shifted };
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
