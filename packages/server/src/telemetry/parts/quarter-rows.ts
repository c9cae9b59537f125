import { VALID } from "@sluice/core/telemetry/validity.ts";
import { QUARTER_FIELDS, QUARTER_MICROS, type QuarterField } from "./part-schema.ts";

/** One metric over runs of readings: counts are 0 and the others NaN where there is no (valid) reading. */
export type QuarterColumns = Readonly<Record<QuarterField, Float64Array>>;

/** Summaries of runs of readings by device and beginning (or number of a bucket): sorted by both, each pair once. */
export class QuarterRows {
  readonly deviceIds: Int32Array;
  readonly starts: Float64Array;
  readonly metrics: ReadonlyMap<number, QuarterColumns>;

  constructor(deviceIds: Int32Array, starts: Float64Array, metrics: ReadonlyMap<number, QuarterColumns>) {
    this.deviceIds = deviceIds;
    this.starts = starts;
    this.metrics = metrics;
  }

  get length(): number {
    return this.starts.length;
  }
}

/** Gathers summaries in any number, then has them as QuarterRows. */
export class QuarterBuilder {
  private readonly deviceIds: number[] = [];
  private readonly starts: number[] = [];
  private readonly fields: ReadonlyMap<number, Record<QuarterField, number[]>>;

  constructor(metricNumbers: readonly number[]) {
    this.fields = new Map(
      metricNumbers.map((metric) => [
        metric,
        Object.fromEntries(QUARTER_FIELDS.map((field) => [field, []])) as unknown as Record<QuarterField, number[]>,
      ]),
    );
  }

  add(deviceId: number, start: number): number {
    this.deviceIds.push(deviceId);
    this.starts.push(start);
    for (const columns of this.fields.values()) {
      for (const field of QUARTER_FIELDS) columns[field].push(field === "count" || field === "valid" ? 0 : Number.NaN);
    }
    return this.starts.length - 1;
  }

  columnsOf(metric: number): Record<QuarterField, number[]> {
    return this.fields.get(metric)!;
  }

  build(): QuarterRows {
    const metrics = new Map(
      [...this.fields].map(([metric, columns]) => {
        const arrays = QUARTER_FIELDS.map((field) => [field, Float64Array.from(columns[field])] as const);
        return [metric, Object.fromEntries(arrays) as unknown as QuarterColumns] as const;
      }),
    );
    return new QuarterRows(Int32Array.from(this.deviceIds), Float64Array.from(this.starts), metrics);
  }
}

/** What `addQuarters` folds: one device's readings, ascending in time, versions resolved. */
export interface FoldableReadings {
  readonly timesMicros: Float64Array;
  readonly columns: ReadonlyMap<number, Float64Array>;
  readonly flags: ReadonlyMap<number, Uint8Array>;
}

/** Folds the readings of one device as the writer of a sidecar does; `isWanted` picks quarter-hours by their beginning. */
export function addQuarters(
  builder: QuarterBuilder,
  deviceId: number,
  readings: FoldableReadings,
  metricNumbers: readonly number[],
  isWanted: (startMicros: number) => boolean = () => true,
): void {
  const { timesMicros } = readings;
  for (let from = 0; from < timesMicros.length; ) {
    const start = Math.floor(timesMicros[from]! / QUARTER_MICROS) * QUARTER_MICROS;
    let to = from + 1;
    while (to < timesMicros.length && timesMicros[to]! < start + QUARTER_MICROS) to++;
    if (isWanted(start)) {
      const at = builder.add(deviceId, start);
      for (const metric of metricNumbers) foldRun(builder.columnsOf(metric), at, readings, metric, from, to);
    }
    from = to;
  }
}

function foldRun(
  into: Record<QuarterField, number[]>,
  at: number,
  { timesMicros, columns, flags }: FoldableReadings,
  metric: number,
  from: number,
  to: number,
): void {
  const values = columns.get(metric);
  if (values === undefined) return;
  const marks = flags.get(metric);
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    into.count[at]!++;
    if (marks !== undefined && marks[row] !== VALID) continue;
    if (into.valid[at]!++ === 0) {
      into.sum[at] = into.min[at] = into.max[at] = into.first[at] = value;
      into.firstTime[at] = timesMicros[row]!;
    } else {
      into.sum[at]! += value;
      if (value < into.min[at]!) into.min[at] = value;
      if (value > into.max[at]!) into.max[at] = value;
    }
    into.last[at] = value;
    into.lastTime[at] = timesMicros[row]!;
  }
}
