import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { type SliceEncoder, SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import type { DeviceRange, SliceSummary } from "./part-store.ts";

/** Ids, times and places of an open row, besides what its slice takes. */
const BYTES_PER_ROW = 32;

/**
 * Ranges of devices whose open slices take at most so much; nearly always one. A slice is taken to hold as much of each of its
 * devices; no device is divided, so one that sends by far the most may take more.
 */
export function cutDevices(profileId: number, slices: readonly SliceSummary[], maxOpenBytes: number): DeviceRange[] {
  const ranges: DeviceRange[] = [];
  const minDevice = slices.reduce((least, slice) => Math.min(least, slice.minDevice), Number.POSITIVE_INFINITY);
  let from = minDevice;
  let taken = 0;
  for (const stretch of stretchesOf(slices)) {
    let at = stretch.from;
    while (taken + stretch.bytesPerDevice * (stretch.to - at) > maxOpenBytes) {
      const fitting = Math.floor((maxOpenBytes - taken) / stretch.bytesPerDevice);
      const next = at + Math.max(fitting, from === at ? 1 : 0);
      if (next >= stretch.to) break;
      if (next > from) ranges.push({ profileId, minDevice: from, maxDevice: next - 1 });
      from = next;
      at = next;
      taken = 0;
    }
    taken += stretch.bytesPerDevice * (stretch.to - at);
  }
  const maxDevice = slices.reduce((most, slice) => Math.max(most, slice.maxDevice), 0);
  return [...ranges, { profileId, minDevice: from, maxDevice }];
}

/** Devices `from` to `to - 1`, of which each takes as much as the others. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly bytesPerDevice: number;
}

function* stretchesOf(slices: readonly SliceSummary[]): Generator<Stretch> {
  const changes = slices.flatMap(({ minDevice, maxDevice, openBytes, rows }) => {
    const bytesPerDevice = (openBytes + rows * BYTES_PER_ROW) / (maxDevice - minDevice + 1);
    return [
      { at: minDevice, by: bytesPerDevice },
      { at: maxDevice + 1, by: -bytesPerDevice },
    ];
  });
  changes.sort((a, b) => a.at - b.at);
  let bytesPerDevice = 0;
  for (const [i, { at, by }] of changes.entries()) {
    bytesPerDevice += by;
    const next = changes[i + 1];
    if (next !== undefined && next.at > at)
      yield { from: at, to: next.at, bytesPerDevice: Math.max(0, bytesPerDevice) };
  }
}

/** The slice, or a smaller one with its rows of the range where those are the lesser half: the whole would stay in memory. */
export function narrowed(
  slice: SliceReader,
  { minDevice, maxDevice }: DeviceRange,
  encoder: SliceEncoder,
): SliceReader {
  const [from] = slice.rowsOf(minDevice);
  const [, to] = slice.rowsOf(maxDevice);
  if (from === to || (to - from) * 2 >= slice.rows) return slice;
  const batch = new MessageBatch(slice.rows);
  slice.appendTo(batch);
  const inOrder = Int32Array.from({ length: slice.rows }, (_, row) => row);
  return new SliceReader(encoder.encode(batch, inOrder, from, to));
}
