import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import { readValid, type ValidReadings } from "./read-series.ts";
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
  /** Inclusive. */
  readonly fromMicros: number;
  /** Exclusive. */
  readonly toMicros: number;
}

export interface Scan {
  /** Messages of the slices that are to be opened, whoever they are of. */
  readonly rows: number;
  /** Windows of time, one after the other: in each, the readings of every device, in the order of the query. */
  windows(): AsyncGenerator<readonly ValidReadings[]>;
}

/**
 * Reads a few metrics of a few devices over a long time: each slice is opened once a window, only the metrics that are asked
 * for are decoded, and invalid readings are left out. `db` must see one snapshot from here to the last window.
 */
export async function scanReadings(
  db: Queryable,
  partition: number,
  query: ScanQuery,
  rowsPerWindow = ROWS_PER_WINDOW,
): Promise<Scan> {
  const { fromMicros, toMicros } = query;
  const deviceIds = query.devices.map(({ deviceId }) => deviceId);
  const range = { deviceIds, fromMicros, toMicros };
  const heads = await readSliceHeads(db, partition, range);
  const windows = cutWindows(heads, range, rowsPerWindow);
  return {
    rows: heads.reduce((sum, { rows }) => sum + rows, 0),
    async *windows() {
      const read = (window: SliceRange | undefined) => window && readSlicesBetween(db, partition, window);
      let coming = read(windows[0]);
      for (const [index, window] of windows.entries()) {
        const slices = await coming!;
        // The database reads the next window while this one is decoded.
        coming = read(windows[index + 1]);
        // A consumer that stops here leaves it unawaited.
        coming?.catch(() => {});
        const open = slices.map(({ body }) => openSlice(body));
        yield readDevices(open, query, window);
      }
    },
  };
}

function readDevices(open: readonly SliceReader[], { devices }: ScanQuery, window: SliceRange): ValidReadings[] {
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
