import { SliceEncoder, SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { batchOf, type TestMessage } from "../../pipeline/testing/pipeline-fixture.ts";
import { cutDevices, narrowed } from "./cut-devices.ts";

const anySlice = fc.record({
  profileId: fc.constant(1),
  minDevice: fc.integer({ min: 1, max: 500 }),
  maxDevice: fc.integer({ min: 0, max: 500 }),
  rows: fc.integer({ min: 1, max: 1024 }),
  openBytes: fc.integer({ min: 10, max: 200_000 }),
});

it("ranges cover all devices once, in order", () => {
  fc.assert(
    fc.property(
      fc.array(anySlice, { minLength: 1, maxLength: 50 }),
      fc.constantFrom(1, 1000, 1e5, 1e7),
      (drawn, limit) => {
        const slices = drawn.map((slice) => ({ ...slice, maxDevice: slice.minDevice + slice.maxDevice }));
        const ranges = cutDevices(1, slices, limit);
        expect(ranges[0]!.minDevice).toBe(Math.min(...slices.map(({ minDevice }) => minDevice)));
        expect(ranges.at(-1)!.maxDevice).toBe(Math.max(...slices.map(({ maxDevice }) => maxDevice)));
        for (const [i, range] of ranges.entries()) {
          expect(range.maxDevice).toBeGreaterThanOrEqual(range.minDevice);
          if (i > 0) expect(range.minDevice).toBe(ranges[i - 1]!.maxDevice + 1);
        }
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

it("slices that are all of all devices are divided as well, by what they take when they are open", () => {
  const slices = Array.from({ length: 40 }, () => ({
    profileId: 1,
    minDevice: 1,
    maxDevice: 1000,
    rows: 1000,
    openBytes: 68_000,
  }));
  const ranges = cutDevices(1, slices, 1_000_000);
  expect(ranges.map(({ minDevice, maxDevice }) => maxDevice - minDevice + 1)).toEqual([250, 250, 250, 250]);
  expect(cutDevices(1, slices, 4_000_000)).toEqual([{ profileId: 1, minDevice: 1, maxDevice: 1000 }]);
});

it("a slice is narrowed to the devices of a range, bit for bit", () => {
  const messages = Array.from(
    { length: 90 },
    (_, i): TestMessage => ({
      device: 1 + (i % 9),
      micros: 1e15 + Math.floor(i / 18) * 1_000,
      values: i % 2 === 0 ? { 0: i / 10, 7: -0 } : { 0: i / 10 },
      extras: { note: `n${i}` },
    }),
  );
  const batch = batchOf(messages);
  for (let at = 0; at < batch.valueCount; at += 3) batch.setFlags(at, 2);
  const encoder = new SliceEncoder();
  const slice = new SliceReader(encoder.encode(batch, new MessageSorter().sort(batch), 0, batch.length));
  const range = { profileId: 1, minDevice: 4, maxDevice: 6 };
  const small = narrowed(slice, range, encoder);
  expect(small.rows).toBe(30);
  const [from, to] = [slice.rowsOf(4)[0], slice.rowsOf(6)[1]];
  expect(contentsOf(small, 0, small.rows)).toEqual(contentsOf(slice, from, to));
  expect(narrowed(slice, { ...range, maxDevice: 9 }, encoder)).toBe(slice);
});

function contentsOf(slice: SliceReader, from: number, to: number): unknown[] {
  const contents: unknown[] = [];
  for (let row = from; row < to; row++) contents.push([slice.deviceIds[row], slice.timesMicros[row]]);
  for (const metric of slice.metricNumbers) {
    const flags = slice.flagsOf(metric);
    slice.forEachValue(metric, from, to, (row, value) => contents.push([row - from, metric, value, flags?.[row] ?? 0]));
  }
  slice.forEachExtras(from, to, (row, text) => contents.push([row - from, text]));
  return contents;
}
