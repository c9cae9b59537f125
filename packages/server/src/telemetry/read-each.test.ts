import { expect, test } from "vitest";
import { NOTHING_SETTLED } from "./parts/nothing-settled.ts";
import { readEach, type WithSources } from "./read-each.ts";
import type { ReadingRange, SliceExtent } from "./telemetry-store.ts";

const SECOND = 1_000_000;
const QUERY = { profileId: 1, deviceIds: [7, 8], fromMicros: 0, toMicros: 1_000 * SECOND, metricNumbers: [0] };

async function rangesAskedFor(slices: readonly SliceExtent[], tailBytesPerRead: number): Promise<ReadingRange[]> {
  const asked: ReadingRange[] = [];
  const withSources: WithSources = async (range, signal, answer) => {
    asked.push(range);
    return answer([], [], signal);
  };
  const findExtent = async () => ({ parts: [], slices });
  for await (const _ of readEach(findExtent, withSources, NOTHING_SETTLED, QUERY, { tailBytesPerRead }));
  return asked;
}

const slice = (fromSecond: number, toSecond: number, bytes: number): SliceExtent => ({
  ...{ minMicros: fromSecond * SECOND, maxMicros: toSecond * SECOND, rows: 10, bytes },
});

test("of the hot tail no more is held at once than may be, wherever in time it lies", async () => {
  // Nine tenths of it lie in the last tenth of the time.
  const early = Array.from({ length: 10 }, (_, i) => slice(i * 90, i * 90 + 1, 100));
  const late = Array.from({ length: 90 }, (_, i) => slice(905 + i, 906 + i, 100));
  const slices = [...early, ...late];
  const asked = await rangesAskedFor(slices, 1_000);
  expect(asked.length).toBeGreaterThanOrEqual(10);
  for (const { fromMicros, toMicros } of asked) {
    const held = slices.filter(({ minMicros, maxMicros }) => maxMicros >= fromMicros && minMicros < toMicros);
    // With one that reaches over from the piece before.
    expect(held.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_100);
  }
  expect(asked[0]!.fromMicros).toBe(0);
  for (const [i, { fromMicros }] of asked.entries()) if (i > 0) expect(fromMicros).toBe(asked[i - 1]!.toMicros);
  expect(asked.at(-1)!.toMicros).toBe(995 * SECOND + 1);
});

test("a small tail is one piece", async () => {
  const asked = await rangesAskedFor([slice(1, 2, 100), slice(2, 3, 100)], 1_000);
  expect(asked).toMatchObject([{ deviceIds: [7, 8], fromMicros: SECOND, toMicros: 3 * SECOND + 1 }]);
});
