import { windowsIn } from "./parts/aggregate-plan.ts";
import { NOTHING_SETTLED } from "./parts/nothing-settled.ts";
import { findLiveParts, type QueryPart } from "./parts/part-catalogue-store.ts";
import type { SettledReader } from "./parts/part-reader.ts";
import { asReadingRows } from "./parts/part-reading-rows.ts";
import { type ReadingRows, readValid, type ValidReadings } from "./read-series.ts";
import { openSlice } from "./slice.ts";
import {
  type Queryable,
  readSliceHeads,
  readSlicesBetween,
  type SliceHead,
  type SliceRange,
} from "./telemetry-store.ts";

/** Rows read at once: their bodies, open slices and columns are what a scan holds in memory, about 100 MB. */
const ROWS_PER_WINDOW = 1_000_000;

export interface ScanQuery {
  readonly devices: readonly { readonly deviceId: number; readonly metricNumbers: readonly number[] }[];
  /** Whose devices they are said to be: of another's, no settled reading is found. */
  readonly organizationId?: number | undefined;
  /** Inclusive. */
  readonly fromMicros: number;
  /** Exclusive. */
  readonly toMicros: number;
}

export interface Scan {
  /** Messages of the slices that are to be opened, whoever they are of, and about how many are read of parts. */
  readonly rows: number;
  /** Windows of time, one after the other: in each, the readings of every device, in the order of the query. */
  windows(): AsyncGenerator<readonly ValidReadings[]>;
}

/** From where a scan reads. */
export interface ScanSources {
  /** Must see one snapshot until the last window. */
  readonly db: Queryable;
  readonly partition: number;
  /** Undefined where nothing ever settles. */
  readonly partReader?: SettledReader | undefined;
}

/**
 * Reads a few metrics of a few devices over a long time: each source is opened once a window, only the metrics that are asked
 * for are decoded, and invalid readings are left out.
 */
export async function scanReadings(
  sources: ScanSources,
  query: ScanQuery,
  rowsPerWindow = ROWS_PER_WINDOW,
): Promise<Scan> {
  const { db, partition } = sources;
  const { fromMicros, toMicros } = query;
  const deviceIds = query.devices.map(({ deviceId }) => deviceId);
  const range = { deviceIds, fromMicros, toMicros };
  const parts = await findLiveParts(db, partition, { ...range, organizationId: query.organizationId });
  const heads = [...parts.flatMap((part) => headsOf(part, range)), ...(await readSliceHeads(db, partition, range))];
  const windows = cutWindows(heads, range, rowsPerWindow);
  return {
    rows: Math.round(heads.reduce((sum, { rows }) => sum + rows, 0)),
    async *windows() {
      const read = (window: SliceRange | undefined) => window && readWindow(sources, parts, query, window);
      let coming = read(windows[0]);
      for (const [index, window] of windows.entries()) {
        const rows = await coming!;
        // The next window is read while this one is decoded.
        coming = read(windows[index + 1]);
        // A consumer that stops here leaves it unawaited.
        coming?.catch(() => {});
        yield readDevices(rows.open(), query, window);
      }
    },
  };
}

async function readWindow(
  { db, partition, partReader = NOTHING_SETTLED }: ScanSources,
  parts: readonly QueryPart[],
  { devices }: ScanQuery,
  window: SliceRange,
): Promise<{ open(): ReadingRows[] }> {
  const wanted = parts
    .map((part) => windowsIn(part, [[window.fromMicros, window.toMicros]]))
    .filter((one) => one !== undefined);
  const metricNumbers = [...new Set(devices.flatMap((device) => device.metricNumbers))];
  const [settled, slices] = await Promise.all([
    partReader.readRows(wanted, window.deviceIds, metricNumbers, false),
    readSlicesBetween(db, partition, window),
  ]);
  return { open: () => [...settled.map(asReadingRows), ...slices.map(({ body }) => openSlice(body))] };
}

/** So many pieces of a part, of which each holds about as many rows, decide where windows end. */
const HEADS_PER_PART = 64;

/** About when the rows of some devices in a part are: as if all devices were alike, at all times. */
function headsOf(part: QueryPart, { deviceIds, fromMicros, toMicros }: SliceRange): SliceHead[] {
  const devices = part.maxDevice - part.minDevice + 1;
  const wanted = deviceIds.filter((id) => id >= part.minDevice && id <= part.maxDevice).length;
  const rows = (part.messages * Math.min(1, wanted / devices)) / HEADS_PER_PART;
  const step = (part.maxMicros - part.minMicros) / HEADS_PER_PART;
  return Array.from({ length: HEADS_PER_PART }, (_, i) => ({
    minMicros: Math.floor(part.minMicros + i * step),
    rows,
  })).filter(({ minMicros }) => minMicros + step >= fromMicros && minMicros < toMicros);
}

function readDevices(open: readonly ReadingRows[], { devices }: ScanQuery, window: SliceRange): ValidReadings[] {
  const { fromMicros, toMicros } = window;
  return devices.map((device) => readValid(open, { ...device, fromMicros, toMicros }));
}

/** Parts a range so that about as many rows begin in each window; a slice that spans several is opened in each. */
function cutWindows(heads: readonly SliceHead[], range: SliceRange, rowsPerWindow: number): SliceRange[] {
  const starts = [range.fromMicros];
  let rows = 0;
  for (const head of heads.toSorted((a, b) => a.minMicros - b.minMicros)) {
    if (rows >= rowsPerWindow && head.minMicros > starts.at(-1)!) {
      starts.push(head.minMicros);
      rows = 0;
    }
    rows += head.rows;
  }
  return starts.map((fromMicros, i) => ({ ...range, fromMicros, toMicros: starts[i + 1] ?? range.toMicros }));
}
