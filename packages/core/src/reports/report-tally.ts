import { bucketIndex, bucketStarts, RESOLUTIONS } from "./report-buckets.ts";
import type { ReportDefinition } from "./report-definition.ts";
import type { ReportDevice } from "./report-device.ts";
import type { ReportPeriod } from "./report-period.ts";
import { SeriesWatch, type WatchedSeries } from "./series-watch.ts";

/** The valid readings of a metric by bucket, one a row; NaN where a bucket has none. */
export interface MetricColumns {
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** What was aggregated of one device: rows [start, end) of columns that it may share with others. */
export interface DeviceRows {
  readonly timesMicros: Float64Array;
  readonly start: number;
  readonly end: number;
  /** Metric of the report → its columns; several where the device says it under several keys. */
  readonly columns: ReadonlyMap<string, readonly MetricColumns[]>;
}

/** Sums of readings that can be put together. */
export class Sums {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  add(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.sum += sum;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }

  get mean(): number {
    return this.sum / this.count;
  }
}

/** Of one metric over all devices. */
export class MetricTally extends Sums {
  /** By bucket of a chart. */
  readonly buckets: readonly Sums[];
  /** With at least one reading. */
  devices = 0;
  minDevice: ReportDevice | undefined;
  maxDevice: ReportDevice | undefined;

  constructor(buckets: number) {
    super();
    this.buckets = Array.from({ length: buckets }, () => new Sums());
  }
}

export interface DeviceTally {
  readonly device: ReportDevice;
  readonly metrics: ReadonlyMap<string, Sums>;
  readonly series: readonly WatchedSeries[];
}

/** Folds what was aggregated of a report's devices, one after the other, and keeps no more than the report shows. */
export class ReportTally {
  readonly chartStarts: Float64Array;
  readonly metrics: ReadonlyMap<string, MetricTally>;
  readonly devices: DeviceTally[] = [];
  private readonly definition: ReportDefinition;
  private readonly starts: Float64Array;
  /** Bucket → bucket of the charts. */
  private readonly chartOf: Int32Array;
  private readonly watch: SeriesWatch;

  /** `untilMicros`: the end of the period, or now where it is not over. */
  constructor(definition: ReportDefinition, period: ReportPeriod, untilMicros: number) {
    const { bucket, chart } = RESOLUTIONS[period.kind];
    this.definition = definition;
    this.starts = bucketStarts(bucket, period);
    this.chartStarts = bucketStarts(chart, period);
    this.chartOf = Int32Array.from(this.starts, (start) => bucketIndex(this.chartStarts, start));
    this.metrics = new Map(definition.metrics.map(({ key }) => [key, new MetricTally(this.chartStarts.length)]));
    this.watch = new SeriesWatch(this.starts, { ...period, untilMicros });
  }

  /** Each device once; without rows one that said nothing in the period. */
  add(device: ReportDevice, rows: DeviceRows | undefined): void {
    const metrics = new Map<string, Sums>();
    const series: WatchedSeries[] = [];
    for (const { key } of this.definition.metrics) {
      this.watch.begin();
      const sums = new Sums();
      for (const columns of rows?.columns.get(key) ?? []) this.fold(key, rows!, columns, sums);
      if (sums.count > 0) {
        metrics.set(key, sums);
        this.note(device, this.metrics.get(key)!, sums);
      }
      if (sums.count > 0 || device.knownMetrics.has(key)) series.push(this.watch.end(device, key));
    }
    this.devices.push({ device, metrics, series });
  }

  private fold(key: string, rows: DeviceRows, { count, sum, min, max }: MetricColumns, sums: Sums): void {
    const { buckets } = this.metrics.get(key)!;
    for (let row = rows.start; row < rows.end; row++) {
      const readings = count[row]!;
      if (!(readings > 0)) continue;
      // The first bucket bears an earlier time where the site has moved to another zone since the report was asked for.
      const bucket = Math.max(0, bucketIndex(this.starts, rows.timesMicros[row]!));
      this.watch.saw(bucket, readings);
      sums.add(readings, sum[row]!, min[row]!, max[row]!);
      buckets[this.chartOf[bucket]!]!.add(readings, sum[row]!, min[row]!, max[row]!);
    }
  }

  private note(device: ReportDevice, whole: MetricTally, sums: Sums): void {
    if (sums.min < whole.min) whole.minDevice = device;
    if (sums.max > whole.max) whole.maxDevice = device;
    whole.add(sums.count, sums.sum, sums.min, sums.max);
    whole.devices++;
  }
}
