import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";
import { firstAtOrAfter, mergeSeries, type ReadingRows } from "../read-series.ts";
import type { AggregatedReadings, AggregateQuery } from "../reader.ts";
import { Turns } from "../turns.ts";
import {
  type AggregatePlan,
  ceilQuarter,
  floorQuarter,
  joinWindows,
  planAggregate,
  sameDevices,
  type TailSpan,
  windowsIn,
} from "./aggregate-plan.ts";
import { answerOf, BucketFold } from "./bucket-fold.ts";
import { mapBuckets } from "./bucket-map.ts";
import type { GoneSpans } from "./gone-spans.ts";
import { mergeGone, mergeQuarters, type QuarterSource, type Unclear } from "./merge-quarters.ts";
import type { QueryPart } from "./part-catalogue-store.ts";
import type { SettledReader } from "./part-reader.ts";
import { asReadingRows } from "./part-reading-rows.ts";
import { QUARTER_FIELDS, QUARTER_MICROS, type QuarterField } from "./part-schema.ts";
import type { BucketRuns, Window } from "./part-sql.ts";
import { addQuarters, type FoldableReadings, QuarterBuilder, type QuarterRows } from "./quarter-rows.ts";
import { assertResolution } from "./resolution.ts";
import type { Tail } from "./tail.ts";

/** Quarter-hours closer than this are read as readings in one go. */
const JOIN_GAP_MICROS = 4 * QUARTER_MICROS;
/** A statement with more windows takes longer to plan than to read what lies between them. */
const MAX_WINDOWS = 100;

/** What answers: one snapshot of the catalogue, with what of it is not in parts yet. */
export interface Sources {
  /** In the order of arrival. */
  readonly parts: readonly QueryPart[];
  readonly tail: Tail;
  readonly partReader: SettledReader;
}

export type SummaryQuery = Omit<AggregateQuery, "profileId" | "metricNumbers"> & {
  readonly metricNumbers: readonly number[];
  readonly nowMicros: number;
};

/**
 * Aggregates over whole quarter-hours from the cheapest exact source. Undefined: the buckets do not consist of whole
 * quarter-hours, and have to be made of readings.
 */
export async function aggregateQuarters(
  sources: Sources,
  query: SummaryQuery,
): Promise<AggregatedReadings | undefined> {
  const { parts, tail, partReader } = sources;
  const { deviceIds, metricNumbers, fromMicros, toMicros, signal } = query;
  assertResolution(parts, query);
  const spans = tail.spansOf(deviceIds);
  const startsOf = await findSparse(sources, spans, query);
  const plan = planAggregate(parts, spans, fromMicros, toMicros, startsOf);
  const windows = [...plan.clean, ...plan.shared].flatMap((wanted) => wanted.windows);
  const all = joinWindows([...windows, ...plan.sharedWindows, ...plan.edges].map(toQuarters));
  const buckets = mapBuckets(query.interval, query.zone, all);
  if (buckets === undefined) return undefined;
  const fields = fieldsFor(query.aggregates);
  const runs = { runs: buckets.runs, count: Math.max(1, buckets.startsMicros.length) };
  const folded = await partReader.readBuckets(plan.clean, deviceIds, metricNumbers, fields, runs, signal);
  const shared = (await readShared(sources, query, plan)).filter(({ length }) => length > 0);
  const listed = await listMetrics(sources, query, plan, runs, [...folded, ...shared]);
  const isListed = (metric: number) => listed.has(metric);
  const [only, ...others] = folded.filter(({ length }) => length > 0);
  // What DuckDB has folded has each bucket once already.
  if (only !== undefined && others.length + shared.length === 0) {
    return answerOf(only, buckets, query.aggregates, isListed);
  }
  const fold = new BucketFold(metricNumbers);
  for (const rows of folded) await fold.add(rows, (bucket) => bucket);
  for (const rows of shared) await fold.add(rows, buckets.bucketOf);
  return answerOf(fold.build(), buckets, query.aggregates, isListed);
}

/** Those with a reading, be it invalid: of the rare ones without a valid one, DuckDB is asked whether there are any others. */
async function listMetrics(
  { partReader }: Sources,
  { deviceIds, metricNumbers, signal }: SummaryQuery,
  { clean }: AggregatePlan,
  runs: BucketRuns,
  found: readonly QuarterRows[],
): Promise<Set<number>> {
  const hasCount = (rows: QuarterRows, metric: number) => rows.metrics.get(metric)!.count.some((count) => count > 0);
  const listed = new Set(metricNumbers.filter((metric) => found.some((rows) => hasCount(rows, metric))));
  if (listed.size === metricNumbers.length || clean.length === 0) return listed;
  const stored = new Set(await partReader.metricsIn(clean.map(({ part }) => part)));
  const silent = metricNumbers.filter((metric) => !listed.has(metric) && stored.has(metric));
  if (silent.length === 0) return listed;
  for (const rows of await partReader.readBuckets(clean, deviceIds, silent, ["count"], runs, signal)) {
    for (const metric of silent) if (hasCount(rows, metric)) listed.add(metric);
  }
  return listed;
}

/** A part with fewer messages may be of late readings, a few here and there over a long time. */
const SPARSE_MESSAGES = 100_000;
const SPARSE_SPAN_MICROS = 4 * QUARTER_MICROS;
/** Looked into for one query. */
const MAX_SPARSE = 64;

/**
 * Where exactly small parts have readings of the devices that are asked for: else all the time between their first and last
 * reading would be one that others share with them.
 */
async function findSparse(
  { parts, partReader }: Sources,
  tail: readonly TailSpan[],
  { deviceIds, fromMicros, toMicros, signal }: SummaryQuery,
): Promise<Map<QueryPart, Float64Array>> {
  const isShared = (part: QueryPart) =>
    tail.some((span) => overlaps(part, span)) ||
    parts.some((other) => other !== part && overlaps(part, other) && sameDevices(part, other));
  const sparse = parts.filter(
    (part) =>
      part.messages <= SPARSE_MESSAGES &&
      part.maxMicros - part.minMicros > SPARSE_SPAN_MICROS &&
      part.sidecarInterval === "quarter" &&
      isShared(part),
  );
  if (sparse.length === 0 || sparse.length > MAX_SPARSE) return new Map();
  const range: Window = [floorQuarter(fromMicros), ceilQuarter(toMicros)];
  const wanted = sparse.map((part) => ({ part, windows: [range] }));
  const starts = await partReader.readQuarterStarts(wanted, deviceIds, signal);
  return new Map(sparse.map((part, i) => [part, starts[i]!]));
}

function overlaps(a: TailSpan, b: TailSpan): boolean {
  return a.minMicros <= b.maxMicros && a.maxMicros >= b.minMicros;
}

const FIELDS_OF: Readonly<Record<string, readonly QuarterField[]>> = {
  mean: ["sum", "valid"],
  count: ["valid"],
  sum: ["sum"],
  min: ["min"],
  max: ["max"],
  first: ["first", "firstTime"],
  last: ["last", "lastTime"],
};

function fieldsFor(aggregates: readonly Aggregate[]): QuarterField[] {
  return [...new Set<QuarterField>(aggregates.flatMap((aggregate) => FIELDS_OF[aggregate] ?? []))];
}

/** Readings at an edge are told by the quarter-hour in which they lie. */
function toQuarters([from, to]: Window): Window {
  return [floorQuarter(from), ceilQuarter(to)];
}

/** Quarter-hours that several sources share, and those at the edges, each once. */
async function readShared(sources: Sources, query: SummaryQuery, plan: AggregatePlan): Promise<QuarterRows[]> {
  const { parts, tail, partReader } = sources;
  const { deviceIds, metricNumbers, signal } = query;
  const ofParts = await partReader.readQuarters(plan.shared, deviceIds, metricNumbers, QUARTER_FIELDS, signal);
  const ofTail = await foldReadings(tail.open(plan.sharedWindows), query, plan.sharedWindows);
  const inOrder = ofParts.map((rows, i): QuarterSource => sourceOf(rows, plan.shared[i]!.part));
  const ofNoPart: QuarterSource = { rows: ofTail, isGone: false, isWide: false };
  const { merged, unclear, gone } = await mergeQuarters([...inOrder, ofNoPart], metricNumbers);
  const again = await readUnclear(sources, query, unclear, gone);
  const lostEdges = await mergeGone(await readLostEdges(parts, partReader, query, plan.edges), metricNumbers, gone);
  const edges = await readAsReadings(sources, query, deviceIds, plan.edges, { gone });
  return [merged, again, lostEdges, edges];
}

function sourceOf(rows: QuarterRows, { hasReadings, sidecarInterval }: QueryPart): QuarterSource {
  return { rows, isGone: !hasReadings, isWide: sidecarInterval !== "quarter" };
}

function readUnclear(
  sources: Sources,
  query: SummaryQuery,
  unclear: readonly Unclear[],
  gone: GoneSpans,
): Promise<QuarterRows> {
  const wanted = Map.groupBy(unclear, ({ deviceId }) => deviceId);
  const startsOf = new Map([...wanted].map(([id, quarters]) => [id, new Set(quarters.map((one) => one.startMicros))]));
  const quarters = unclear.map(({ startMicros }): Window => [startMicros, startMicros + QUARTER_MICROS]);
  const windows = joinWindows(quarters, JOIN_GAP_MICROS);
  const few = windows.length <= MAX_WINDOWS ? windows : joinWindows(windows, Number.POSITIVE_INFINITY);
  const isWanted = (id: number, start: number) => startsOf.get(id)!.has(start);
  return readAsReadings(sources, query, [...wanted.keys()], few, { isWanted, gone });
}

/** Which readings are folded: of some quarter-hours, and not those among readings that are gone. */
interface Folding {
  readonly isWanted?: (deviceId: number, startMicros: number) => boolean;
  readonly gone?: GoneSpans;
}

async function readAsReadings(
  { parts, tail, partReader }: Sources,
  query: SummaryQuery,
  deviceIds: readonly number[] | undefined,
  windows: readonly Window[],
  folding: Folding,
): Promise<QuarterRows> {
  if (windows.length === 0 || deviceIds?.length === 0) return new QuarterBuilder(query.metricNumbers).build();
  const wanted = parts
    .filter(({ hasReadings }) => hasReadings)
    .map((part) => windowsIn(part, windows))
    .filter((one) => one !== undefined);
  const rows = await partReader.readRows(wanted, deviceIds, query.metricNumbers, false, query.signal);
  const all = [...rows.map(asReadingRows), ...tail.open(windows)];
  return foldReadings(all, { ...query, deviceIds }, windows, folding);
}

/** Where readings are gone, a quarter-hour at the edge belongs to the range in which it begins. */
async function readLostEdges(
  parts: readonly QueryPart[],
  partReader: SettledReader,
  { deviceIds, metricNumbers, signal }: SummaryQuery,
  edges: readonly Window[],
): Promise<QuarterRows[]> {
  const gone = parts.filter(({ hasReadings }) => !hasReadings);
  const wanted = gone.map((part) => windowsIn(part, edges)).filter((one) => one !== undefined);
  return partReader.readQuarters(wanted, deviceIds, metricNumbers, QUARTER_FIELDS, signal);
}

/** Messages merged before others have their turn. */
const MESSAGES_PER_TURN = 20_000;

/** Quarter-hours of every device in sources that are given in the order of arrival. */
async function foldReadings(
  sources: readonly ReadingRows[],
  { deviceIds, metricNumbers }: SummaryQuery,
  windows: readonly Window[],
  { isWanted = () => true, gone }: Folding = {},
): Promise<QuarterRows> {
  const builder = new QuarterBuilder(metricNumbers);
  const turns = new Turns(MESSAGES_PER_TURN);
  const byDevice = sourcesByDevice(sources, deviceIds);
  for (const deviceId of [...byDevice.keys()].sort((a, b) => a - b)) {
    for (const [fromMicros, toMicros] of windows) {
      const query = { deviceId, fromMicros, toMicros, metricNumbers };
      const series = await mergeSeries(byDevice.get(deviceId)!, query);
      if (gone !== undefined) leaveOut(gone, deviceId, series);
      for (const piece of cutQuarters(series)) {
        addQuarters(builder, deviceId, piece, metricNumbers, (start) => isWanted(deviceId, start));
        if (turns.isOver(1 + piece.timesMicros.length)) await turns.next();
      }
    }
  }
  return builder.build();
}

function leaveOut(gone: GoneSpans, deviceId: number, { timesMicros, columns }: FoldableReadings): void {
  const [first, last] = [timesMicros[0], timesMicros.at(-1)];
  if (first === undefined || last === undefined) return;
  for (const [metric, values] of columns) {
    for (const [from, to] of gone.within(deviceId, metric, first, last)) {
      values.fill(Number.NaN, firstAtOrAfter(timesMicros, from), firstAtOrAfter(timesMicros, to + 1));
    }
  }
}

/** Whole quarter-hours, so few at a time that others have their turn in between. */
function* cutQuarters({ timesMicros, columns, flags }: FoldableReadings): Generator<FoldableReadings> {
  for (let from = 0; from < timesMicros.length; ) {
    const last = Math.min(from + MESSAGES_PER_TURN, timesMicros.length) - 1;
    const to = firstAtOrAfter(timesMicros, floorQuarter(timesMicros[last]!) + QUARTER_MICROS, last);
    yield {
      timesMicros: timesMicros.subarray(from, to),
      columns: new Map([...columns].map(([metric, values]) => [metric, values.subarray(from, to)])),
      flags: new Map([...flags].map(([metric, marks]) => [metric, marks.subarray(from, to)])),
    };
    from = to;
  }
}

export function sourcesByDevice(
  sources: readonly ReadingRows[],
  deviceIds: readonly number[] | undefined,
): Map<number, ReadingRows[]> {
  const wanted = deviceIds && new Set(deviceIds);
  const found = new Map<number, ReadingRows[]>();
  for (const rows of sources) {
    for (const deviceId of devicesOf(rows.deviceIds)) {
      if (wanted && !wanted.has(deviceId)) continue;
      const ofDevice = found.get(deviceId);
      if (ofDevice === undefined) found.set(deviceId, [rows]);
      else ofDevice.push(rows);
    }
  }
  return found;
}

function* devicesOf(sorted: Int32Array): Generator<number> {
  for (let row = 0; row < sorted.length; row++) if (row === 0 || sorted[row] !== sorted[row - 1]) yield sorted[row]!;
}
