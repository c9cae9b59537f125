import { Turns } from "../turns.ts";
import { GoneSpans } from "./gone-spans.ts";
import { QUARTER_FIELDS, type QuarterField } from "./part-schema.ts";
import { QuarterBuilder, type QuarterColumns, type QuarterRows } from "./quarter-rows.ts";

/** Rows put together before others have their turn. */
const ROWS_PER_TURN = 10_000;

/** A quarter-hour of a device in which one source may hold a later version of another's reading. */
export interface Unclear {
  readonly deviceId: number;
  readonly startMicros: number;
}

export interface QuarterSource {
  readonly rows: QuarterRows;
  /** Its readings are gone: its rows are all that is known. */
  readonly isGone: boolean;
  /** Its rows are days or months. */
  readonly isWide: boolean;
}

export interface MergedQuarters {
  /** Summaries that add up; of one device and beginning there may be several. */
  readonly merged: QuarterRows;
  /** What of them still can be read as readings is not in `merged`. */
  readonly unclear: readonly Unclear[];
  /** Among which times of theirs readings are gone. */
  readonly gone: GoneSpans;
}

/** A row of a source. */
export interface RowPlace {
  readonly rows: QuarterRows;
  readonly row: number;
}

interface Place {
  readonly source: QuarterSource;
  readonly row: number;
}

/**
 * Puts quarter-hours of several sources, given in the order of arrival, together. Where the readings that they have of a metric
 * cannot be of the same times, because one's last is before the other's first, their summaries add up; where they can, the
 * quarter-hour is unclear. Of summaries whose readings are gone and that may be of the same times, the first to arrive holds.
 */
export async function mergeQuarters(
  sources: readonly QuarterSource[],
  metricNumbers: readonly number[],
): Promise<MergedQuarters> {
  const merged = new QuarterBuilder(metricNumbers);
  const gone = new GoneSpans();
  const unclear: Unclear[] = [];
  const turns = new Turns(ROWS_PER_TURN);
  for (const source of sources) {
    if (!source.isWide) continue;
    for (let row = 0; row < source.rows.length; row++) {
      if (turns.isOver(1)) await turns.next();
      addGone(merged, gone, [{ source, row }], metricNumbers);
    }
  }
  for (const places of sameQuarters(sources.filter(({ isWide }) => !isWide))) {
    if (turns.isOver(places.length)) await turns.next();
    const [deviceId, startMicros] = whereabouts(places);
    if (!metricNumbers.some((metric) => mayOverlap(places, metric) || isAmongGone(gone, deviceId, places, metric))) {
      addAll(merged, deviceId, startMicros, places, metricNumbers);
      continue;
    }
    const known = places.filter(({ source }) => source.isGone);
    if (known.length > 0) addGone(merged, gone, known, metricNumbers);
    if (known.length < places.length) unclear.push({ deviceId, startMicros });
  }
  return { merged: merged.build(), unclear, gone };
}

/** Rows of sources whose readings are gone, given in the order of arrival: of those of the same times, the first holds. */
export async function mergeGone(
  inOrder: readonly QuarterRows[],
  metricNumbers: readonly number[],
  gone: GoneSpans,
): Promise<QuarterRows> {
  const builder = new QuarterBuilder(metricNumbers);
  const turns = new Turns(ROWS_PER_TURN);
  for (const places of sameQuarters(inOrder.map((rows) => ({ rows, isGone: true, isWide: false })))) {
    if (turns.isOver(places.length)) await turns.next();
    addGone(builder, gone, places, metricNumbers);
  }
  return builder.build();
}

function whereabouts([{ source, row }]: readonly [Place, ...Place[]]): [deviceId: number, startMicros: number] {
  return [source.rows.deviceIds[row]!, source.rows.starts[row]!];
}

function addAll(
  into: QuarterBuilder,
  deviceId: number,
  startMicros: number,
  places: readonly Place[],
  metricNumbers: readonly number[],
): void {
  const at = into.add(deviceId, startMicros);
  for (const metric of metricNumbers) {
    for (const { source, row } of places) {
      addSummary(into.columnsOf(metric), at, source.rows.metrics.get(metric)!, row);
    }
  }
}

/** Adds those of the summaries that are apart from what is gone already, metric by metric. */
function addGone(
  into: QuarterBuilder,
  gone: GoneSpans,
  places: readonly Place[],
  metricNumbers: readonly number[],
): void {
  const [deviceId, startMicros] = whereabouts(places as [Place, ...Place[]]);
  const at = into.add(deviceId, startMicros);
  const inOrder = places.map(({ source, row }) => ({ rows: source.rows, row }));
  for (const metric of metricNumbers) addApart(into.columnsOf(metric), at, gone, metric, inOrder);
}

/**
 * Adds up what rows of one device whose readings are gone, given in the order of arrival, say of a metric: one that may have
 * times in common with what is gone already is the same readings sent again, for all that is known, and does not count.
 */
export function addApart(
  into: Summaries,
  at: number,
  gone: GoneSpans,
  metric: number,
  inOrder: readonly RowPlace[],
): void {
  for (const { rows, row } of inOrder) {
    const columns = rows.metrics.get(metric);
    if (columns === undefined || columns.count[row] === 0) continue;
    const [first, last] = [columns.firstTime[row]!, columns.lastTime[row]!];
    const isApart = columns.valid[row] === 0 || gone.take(rows.deviceIds[row]!, metric, first, last);
    if (isApart) addSummary(into, at, columns, row);
  }
}

function isAmongGone(gone: GoneSpans, deviceId: number, places: readonly Place[], metric: number): boolean {
  return places.some(({ source, row }) => {
    const { valid, firstTime, lastTime } = source.rows.metrics.get(metric)!;
    return valid[row]! > 0 && gone.overlaps(deviceId, metric, firstTime[row]!, lastTime[row]!);
  });
}

/** The rows of each device and time, by their sources in order. Each source is sorted by both. */
function* sameQuarters(sources: readonly QuarterSource[]): Generator<readonly [Place, ...Place[]]> {
  const at = sources.map(() => 0);
  for (;;) {
    let deviceId = Number.POSITIVE_INFINITY;
    let start = Number.POSITIVE_INFINITY;
    for (const [i, { rows }] of sources.entries()) {
      const row = at[i]!;
      if (row === rows.length) continue;
      const device = rows.deviceIds[row]!;
      if (device < deviceId || (device === deviceId && rows.starts[row]! < start)) {
        deviceId = device;
        start = rows.starts[row]!;
      }
    }
    if (deviceId === Number.POSITIVE_INFINITY) return;
    const places: Place[] = [];
    for (const [i, source] of sources.entries()) {
      const row = at[i]!;
      if (row === source.rows.length) continue;
      if (source.rows.deviceIds[row] !== deviceId || source.rows.starts[row] !== start) continue;
      places.push({ source, row });
      at[i] = row + 1;
    }
    yield places as [Place, ...Place[]];
  }
}

/** Summaries know when the valid readings were; of invalid ones they know only that there are some. */
function mayOverlap(places: readonly Place[], metric: number): boolean {
  if (places.length === 1) return false;
  const having = places
    .map(({ source, row }) => ({ columns: source.rows.metrics.get(metric)!, row }))
    .filter(({ columns, row }) => columns.count[row]! > 0);
  if (having.length < 2) return false;
  if (having.some(({ columns, row }) => columns.count[row] !== columns.valid[row])) return true;
  having.sort((a, b) => a.columns.firstTime[a.row]! - b.columns.firstTime[b.row]!);
  return having.some(({ columns, row }, i) => i > 0 && columns.firstTime[row]! <= lastTime(having[i - 1]!));
}

function lastTime({ columns, row }: { readonly columns: QuarterColumns; readonly row: number }): number {
  return columns.lastTime[row]!;
}

type Summaries = Readonly<Record<QuarterField, { [row: number]: number }>>;

/** Adds one summary to another of other times. */
export function addSummary(into: Summaries, at: number, from: Summaries, row: number): void {
  into.count[at]! += from.count[row]!;
  if (from.valid[row] === 0) return;
  const isFirst = into.valid[at] === 0;
  into.valid[at]! += from.valid[row]!;
  if (isFirst) {
    for (const field of QUARTER_FIELDS) if (field !== "count" && field !== "valid") into[field][at] = from[field][row]!;
    return;
  }
  into.sum[at]! += from.sum[row]!;
  if (from.min[row]! < into.min[at]!) into.min[at] = from.min[row]!;
  if (from.max[row]! > into.max[at]!) into.max[at] = from.max[row]!;
  if (from.firstTime[row]! < into.firstTime[at]!) {
    into.first[at] = from.first[row]!;
    into.firstTime[at] = from.firstTime[row]!;
  }
  if (from.lastTime[row]! > into.lastTime[at]!) {
    into.last[at] = from.last[row]!;
    into.lastTime[at] = from.lastTime[row]!;
  }
}
