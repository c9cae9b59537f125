import { isSluiceError } from "@sluice/core/errors.ts";
import type { QueryPart } from "./parts/part-catalogue-store.ts";
import type { SettledReader } from "./parts/part-reader.ts";
import { asReadingRows } from "./parts/part-reading-rows.ts";
import { readSeries } from "./read-series.ts";
import type { DeviceSeries, EachQuery } from "./reader.ts";
import { openSlice } from "./slice.ts";
import type { ReadingRange, SliceExtent, StoredSlice } from "./telemetry-store.ts";

/** Values that are read at once: with their texts about 100 MB. */
const VALUES_PER_READ = 4_000_000;
/** Bodies of the hot tail's slices that are held at once; one that reaches over several pieces is in each. */
const TAIL_BYTES_PER_READ = 64 * 1024 * 1024;
/** Of metrics whose number is not known beforehand. */
const USUAL_METRICS = 16;
/** Devices of one statement. */
const MAX_DEVICES_PER_READ = 2_000;
/** What fails because it is too much is tried again by halves, down to one device and this. */
const MIN_SPAN_MICROS = 1_000_000;
const TOO_MUCH = ["query.too_many_points", "telemetry.query_too_large", "telemetry.query_too_long"];

/** Runs a query over what one snapshot of the catalogue shows of a range. */
export type WithSources = <T>(
  range: ReadingRange,
  signal: AbortSignal | undefined,
  answer: (
    parts: readonly QueryPart[],
    slices: readonly StoredSlice[],
    /** With the limit of each query besides. */
    signal: AbortSignal | undefined,
  ) => Promise<T>,
) => Promise<T>;

/** What there is of a range, without its contents. */
export type FindExtent = (
  range: ReadingRange,
) => Promise<{ readonly parts: readonly QueryPart[]; readonly slices: readonly SliceExtent[] }>;

/** Some devices within some time: what is read at once. */
interface Piece {
  readonly deviceIds: readonly number[];
  readonly fromMicros: number;
  readonly toMicros: number;
}

/**
 * All readings of many devices, piece by piece, so that memory does not grow with the range: device by device in the given
 * order, each ascending in time, one device maybe in several answers. Each piece has a snapshot of its own; a reading lies in
 * one piece only, so none comes twice and none that was there at the beginning is missing.
 */
export async function* readEach(
  findExtent: FindExtent,
  withSources: WithSources,
  partReader: SettledReader,
  query: EachQuery,
  { valuesPerRead = VALUES_PER_READ, tailBytesPerRead = TAIL_BYTES_PER_READ } = {},
): AsyncGenerator<DeviceSeries> {
  const { parts, slices } = await findExtent(query);
  const pieces = cutPieces(query, parts, slices, { valuesPerRead, tailBytesPerRead });
  while (pieces.length > 0) {
    const piece = pieces.shift()!;
    try {
      yield* await readPiece(withSources, partReader, query, piece);
    } catch (error) {
      const halves = isSluiceError(error) && TOO_MUCH.includes(error.code) ? halve(piece) : undefined;
      if (halves === undefined) throw error;
      pieces.unshift(...halves);
    }
  }
}

function readPiece(
  withSources: WithSources,
  partReader: SettledReader,
  { profileId, organizationId, metricNumbers, signal: ofCaller }: EachQuery,
  piece: Piece,
): Promise<DeviceSeries[]> {
  const { deviceIds, fromMicros, toMicros } = piece;
  return withSources({ ...piece, profileId, organizationId }, ofCaller, async (parts, slices, signal) => {
    const wanted = parts.map((part) => ({ part, windows: [[fromMicros, toMicros]] as const }));
    const rows = wanted.length === 0 ? [] : await partReader.readRows(wanted, deviceIds, metricNumbers, true, signal);
    const sources = [...rows.map(asReadingRows), ...slices.map(({ body }) => openSlice(body))];
    const found: DeviceSeries[] = [];
    for (const deviceId of deviceIds) {
      const range = { deviceId, fromMicros, toMicros, ...(metricNumbers && { metricNumbers }) };
      const series = await readSeries([], range, sources);
      if (series.timesMicros.length > 0) found.push({ deviceId, series });
    }
    return found;
  });
}

/** As if all devices were alike, at all times; where they are not, a piece that is too much is halved. */
function cutPieces(
  { deviceIds, metricNumbers, fromMicros, toMicros }: EachQuery,
  parts: readonly QueryPart[],
  slices: readonly SliceExtent[],
  { valuesPerRead, tailBytesPerRead }: { readonly valuesPerRead: number; readonly tailBytesPerRead: number },
): Piece[] {
  const sources = [...parts, ...slices];
  if (sources.length === 0 || deviceIds.length === 0) return [];
  const first = Math.max(
    fromMicros,
    sources.reduce((least, { minMicros }) => Math.min(least, minMicros), Number.POSITIVE_INFINITY),
  );
  const end = Math.min(toMicros, sources.reduce((most, { maxMicros }) => Math.max(most, maxMicros), 0) + 1);
  const messages =
    parts.reduce((sum, part) => sum + part.messages * shareWithin(part, fromMicros, toMicros), 0) +
    slices.reduce((sum, { rows }) => sum + rows, 0);
  const perDevice = (messages / deviceIds.length) * (metricNumbers?.length ?? USUAL_METRICS);
  const devices = Math.max(1, Math.min(MAX_DEVICES_PER_READ, Math.floor(valuesPerRead / Math.max(1, perDevice))));
  const borders = new Set([
    ...evenBorders(first, end, Math.ceil(perDevice / valuesPerRead)),
    ...tailBorders(slices, first, end, tailBytesPerRead),
  ]);
  const spans = spansBetween([...borders].sort((a, b) => a - b));
  const pieces: Piece[] = [];
  for (let at = 0; at < deviceIds.length; at += devices) {
    const some = deviceIds.slice(at, at + devices);
    for (const [from, to] of spans) pieces.push({ deviceIds: some, fromMicros: from, toMicros: to });
  }
  return pieces;
}

function shareWithin({ minMicros, maxMicros }: QueryPart, fromMicros: number, toMicros: number): number {
  const inside = Math.min(maxMicros + 1, toMicros) - Math.max(minMicros, fromMicros);
  return Math.max(0, inside) / (maxMicros + 1 - minMicros);
}

/** With both ends. */
function evenBorders(from: number, to: number, wanted: number): number[] {
  const count = Math.max(1, Math.min(wanted, Math.ceil((to - from) / MIN_SPAN_MICROS)));
  return Array.from({ length: count + 1 }, (_, i) => (i === count ? to : from + Math.floor(((to - from) * i) / count)));
}

/** Where so many bytes of slices have begun: a reading of any device may be in any of them, so time alone parts them. */
function tailBorders(slices: readonly SliceExtent[], from: number, to: number, mostBytes: number): number[] {
  const borders: number[] = [];
  let bytes = 0;
  let last = from;
  for (const slice of slices.toSorted((a, b) => a.minMicros - b.minMicros)) {
    const isFull = bytes + slice.bytes > mostBytes && slice.minMicros - last >= MIN_SPAN_MICROS;
    if (isFull && slice.minMicros < to) {
      borders.push(slice.minMicros);
      last = slice.minMicros;
      bytes = 0;
    }
    bytes += slice.bytes;
  }
  return borders;
}

function spansBetween(borders: readonly number[]): [number, number][] {
  return borders.slice(0, -1).map((border, i) => [border, borders[i + 1]!]);
}

function halve({ deviceIds, fromMicros, toMicros }: Piece): Piece[] | undefined {
  if (deviceIds.length > 1) {
    const middle = deviceIds.length >> 1;
    return [deviceIds.slice(0, middle), deviceIds.slice(middle)].map((some) => ({
      deviceIds: some,
      fromMicros,
      toMicros,
    }));
  }
  if (toMicros - fromMicros <= MIN_SPAN_MICROS) return undefined;
  const middle = fromMicros + Math.floor((toMicros - fromMicros) / 2);
  return [
    { deviceIds, fromMicros, toMicros: middle },
    { deviceIds, fromMicros: middle, toMicros },
  ];
}
