import { type Cadence, observedCadence } from "./cadence.ts";
import type { IntervalSource } from "./report-content.ts";
import type { ReportDevice } from "./report-device.ts";

/** A stretch of buckets without a reading, cut to the time in which readings were due. */
export interface Silence {
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** One metric of one device over the period. */
export interface WatchedSeries {
  readonly metric: string;
  readonly readings: number;
  /** Undefined: it said too little to tell. */
  readonly cadence: Cadence | undefined;
  readonly source: Exclude<IntervalSource, "peers">;
  /** How long readings were due. */
  readonly dueMs: number;
  readonly silences: readonly Silence[];
}

interface WatchedPeriod {
  readonly fromMicros: number;
  readonly untilMicros: number;
}

/** Watches series after series bucket by bucket: how often it reports, and where it was silent. */
export class SeriesWatch {
  private readonly starts: Float64Array;
  private readonly period: WatchedPeriod;
  /** Of the series under way. */
  private readonly counts: Float64Array;

  constructor(starts: Float64Array, period: WatchedPeriod) {
    this.starts = starts;
    this.period = period;
    this.counts = new Float64Array(starts.length);
  }

  begin(): void {
    this.counts.fill(0);
  }

  saw(bucket: number, readings: number): void {
    this.counts[bucket]! += readings;
  }

  end({ createdMicros, intervalMs }: ReportDevice, metric: string): WatchedSeries {
    const first = this.counts.findIndex((count) => count > 0);
    const { fromMicros, untilMicros } = this.period;
    // A device that came in the middle of the period owes nothing for the time before, unless it brought it with it.
    const sinceMicros = Math.max(fromMicros, Math.min(createdMicros, first < 0 ? createdMicros : this.starts[first]!));
    const observed = intervalMs === undefined ? observedCadence(this.counts, this.starts) : undefined;
    return {
      metric,
      readings: this.counts.reduce((sum, count) => sum + count, 0),
      cadence: intervalMs === undefined ? observed : { intervalMs, stepMs: intervalMs },
      source: intervalMs !== undefined ? "set" : observed === undefined ? "unknown" : "observed",
      dueMs: Math.max(0, untilMicros - sinceMicros) / 1000,
      silences: this.silences(sinceMicros),
    };
  }

  private silences(sinceMicros: number): Silence[] {
    const found: Silence[] = [];
    let silentSince = sinceMicros;
    for (let bucket = 0; bucket <= this.counts.length; bucket++) {
      const isOver = bucket === this.counts.length;
      if (!isOver && this.counts[bucket] === 0) continue;
      const toMicros = isOver ? this.period.untilMicros : this.starts[bucket]!;
      if (toMicros > silentSince) found.push({ fromMicros: silentSince, toMicros });
      if (!isOver) silentSince = Math.max(silentSince, this.starts[bucket + 1] ?? this.period.untilMicros);
    }
    return found;
  }
}
