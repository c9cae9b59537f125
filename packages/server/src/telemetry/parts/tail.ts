import type { ReadingRows } from "../read-series.ts";
import { openSlice } from "../slice.ts";
import type { StoredSlice } from "../telemetry-store.ts";
import type { TailSpan } from "./aggregate-plan.ts";
import type { Window } from "./part-sql.ts";

/** A slice that spans more has late readings in it, or a device whose clock is wrong: it is opened to see where they lie. */
const MAX_SPAN_MICROS = 86_400_000_000;

function exactSpans({ body }: StoredSlice, deviceIds: readonly number[] | undefined): TailSpan[] {
  const slice = openSlice(body);
  const runs = deviceIds?.map((id) => slice.rowsOf(id)) ?? [[0, slice.timesMicros.length] as const];
  const hours = new Set<number>();
  for (const [from, to] of runs) {
    for (let row = from; row < to; row++) hours.add(Math.floor(slice.timesMicros[row]! / HOUR_MICROS));
  }
  return [...hours].map((hour) => ({ minMicros: hour * HOUR_MICROS, maxMicros: (hour + 1) * HOUR_MICROS - 1 }));
}

const HOUR_MICROS = 3_600_000_000;

/** Readings of one snapshot that are in no part yet, in the order of arrival. */
export class Tail {
  private readonly slices: readonly StoredSlice[];

  constructor(slices: readonly StoredSlice[]) {
    this.slices = slices;
  }

  /** When readings of some devices may lie. */
  spansOf(deviceIds: readonly number[] | undefined): readonly TailSpan[] {
    return this.slices.flatMap((slice) =>
      slice.maxMicros - slice.minMicros > MAX_SPAN_MICROS ? exactSpans(slice, deviceIds) : slice,
    );
  }

  /** The slices that may have readings in some of the windows. */
  open(windows: readonly Window[]): ReadingRows[] {
    return this.slices
      .filter(({ minMicros, maxMicros }) => windows.some(([from, to]) => maxMicros >= from && minMicros < to))
      .map(({ body }) => openSlice(body));
  }

  metricNumbers(): number[] {
    return [...new Set(this.slices.flatMap(({ body }) => openSlice(body).metricNumbers))];
  }
}
