import { VALID } from "@sluice/core/telemetry/validity.ts";
import { GoneSpans } from "./gone-spans.ts";
import { addApart, type RowPlace } from "./merge-quarters.ts";
import { type Effort, type FileColumn, hasNegativeZero, ParquetFile, toMicros, withNulls } from "./parquet-file.ts";
import type { PartRows, PartShape } from "./part-rows.ts";
import {
  columnNames,
  partMetadata,
  QUARTER_FIELDS,
  QUARTER_MICROS,
  type QuarterField,
  quarterColumn,
  sidecarSchema,
} from "./part-schema.ts";
import type { FileSums } from "./summed-file.ts";

/** Quarters of a row group: they are read a device at a time. Fewer where there are many metrics, to save memory. */
const GROUP_QUARTERS = 16_384;
const MIN_GROUP_QUARTERS = 1_024;
const MAX_GROUP_VALUES = 16_384 * 32;

/** One metric over the quarters of a row group; what has no valid reading is NaN, and null in the file. */
interface MetricQuarters {
  readonly number: number;
  readonly name: string;
  readonly count: Int32Array;
  readonly valid: Int32Array;
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly firstTime: Float64Array;
  readonly lastTime: Float64Array;
}

/**
 * Writes the quarter-hours of a part beside it. A sum is the plain sum of a quarter's valid values in the order of their
 * times, so that whoever adds the same readings up gets the same bits.
 */
export class SidecarFile {
  private readonly file: ParquetFile;
  private readonly effort: Effort;
  private readonly capacity: number;
  private readonly deviceIds: Int32Array;
  private readonly startsMicros: Float64Array;
  private readonly metrics: readonly MetricQuarters[];
  /** The last one is still open: the next rows may belong to it. */
  private quarters = 0;

  constructor(path: string, shape: PartShape, effort: Effort) {
    this.file = new ParquetFile(path, sidecarSchema(shape), partMetadata(shape), effort);
    this.effort = effort;
    const affordable = Math.floor(MAX_GROUP_VALUES / Math.max(1, shape.keys.size));
    this.capacity = Math.max(MIN_GROUP_QUARTERS, Math.min(GROUP_QUARTERS, affordable));
    this.deviceIds = new Int32Array(this.capacity);
    this.startsMicros = new Float64Array(this.capacity);
    this.metrics = [...columnNames(shape)].map(([number, name]) => newQuarters(number, name, this.capacity));
  }

  write(rows: PartRows): void {
    for (let from = 0; from < rows.length; ) {
      const deviceId = rows.deviceIds[from]!;
      const startMicros = Math.floor(rows.timesMicros[from]! / QUARTER_MICROS) * QUARTER_MICROS;
      const endMicros = startMicros + QUARTER_MICROS;
      let to = from + 1;
      while (to < rows.length && rows.deviceIds[to] === deviceId && rows.timesMicros[to]! < endMicros) to++;
      this.openQuarter(deviceId, startMicros);
      for (const metric of this.metrics) this.add(metric, rows, from, to);
      from = to;
    }
  }

  /** Instead of `write`: rows of a device in sidecars whose readings are gone, in the order of arrival, become one. */
  writeGone(deviceId: number, startMicros: number, inOrder: readonly RowPlace[]): void {
    this.openQuarter(deviceId, startMicros);
    const gone = new GoneSpans();
    for (const metric of this.metrics) addApart(metric, this.quarters - 1, gone, metric.number, inOrder);
  }

  private openQuarter(deviceId: number, startMicros: number): void {
    const last = this.quarters - 1;
    if (last >= 0 && this.deviceIds[last] === deviceId && this.startsMicros[last] === startMicros) return;
    if (this.quarters === this.capacity) this.writeGroup();
    const at = this.quarters++;
    this.deviceIds[at] = deviceId;
    this.startsMicros[at] = startMicros;
    for (const metric of this.metrics) {
      metric.count[at] = 0;
      metric.valid[at] = 0;
      for (const field of VALID_FIELDS) metric[field][at] = Number.NaN;
    }
  }

  private add(metric: MetricQuarters, rows: PartRows, from: number, to: number): void {
    const values = rows.columns.get(metric.number);
    if (values === undefined) return;
    const flags = rows.flags.get(metric.number);
    const at = this.quarters - 1;
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      metric.count[at]!++;
      if (flags !== undefined && flags[row] !== VALID) continue;
      addValid(metric, at, value, rows.timesMicros[row]!);
    }
  }

  private writeGroup(): void {
    const length = this.quarters;
    const columns: FileColumn[] = [
      { name: "device", data: this.deviceIds.slice(0, length), encoding: "DELTA_BINARY_PACKED" },
      { name: "bucket", data: toMicros(this.startsMicros.subarray(0, length)), encoding: "DELTA_BINARY_PACKED" },
    ];
    for (const metric of this.metrics) {
      for (const field of QUARTER_FIELDS) columns.push(this.column(metric, field, length));
    }
    this.file.write(columns);
    this.quarters = 0;
  }

  private column(metric: MetricQuarters, field: QuarterField, length: number): FileColumn {
    const name = quarterColumn(metric.name, field);
    const values = metric[field].subarray(0, length);
    const statistics = false;
    if (values instanceof Int32Array) return { name, data: values, encoding: "DELTA_BINARY_PACKED", statistics };
    const said = SAID_OF_ONE.has(field) ? values : withoutRepetition(values, metric.valid);
    if (field === "firstTime" || field === "lastTime") {
      const data = Array.from(said, (micros) => (Number.isNaN(micros) ? null : BigInt(micros)));
      return { name, data, encoding: "DELTA_BINARY_PACKED", statistics };
    }
    const data = withNulls(said);
    const fitsDictionary = this.effort === "compact" && !hasNegativeZero(said);
    return fitsDictionary ? { name, data, statistics } : { name, data, encoding: "PLAIN", statistics };
  }

  finish(): FileSums {
    this.writeGroup();
    return this.file.finish();
  }

  /** Also of one that was not finished. */
  close(): void {
    this.file.close();
  }
}

/** What is written of a quarter with one valid reading; see `QUARTER_FIELDS`. */
const SAID_OF_ONE: ReadonlySet<QuarterField> = new Set(["sum", "firstTime"]);

function withoutRepetition(values: Float64Array, valid: Int32Array): Float64Array {
  return values.map((value, at) => (valid[at]! > 1 ? value : Number.NaN));
}

const VALID_FIELDS = ["sum", "min", "max", "first", "last", "firstTime", "lastTime"] as const;

function newQuarters(number: number, name: string, capacity: number): MetricQuarters {
  const integers = () => new Int32Array(capacity);
  const doubles = () => new Float64Array(capacity);
  return {
    number,
    name,
    count: integers(),
    valid: integers(),
    sum: doubles(),
    min: doubles(),
    max: doubles(),
    first: doubles(),
    last: doubles(),
    firstTime: doubles(),
    lastTime: doubles(),
  };
}

function addValid(metric: MetricQuarters, at: number, value: number, timeMicros: number): void {
  if (metric.valid[at]!++ === 0) {
    metric.sum[at] = value;
    metric.min[at] = value;
    metric.max[at] = value;
    metric.first[at] = value;
    metric.firstTime[at] = timeMicros;
  } else {
    metric.sum[at]! += value;
    if (value < metric.min[at]!) metric.min[at] = value;
    if (value > metric.max[at]!) metric.max[at] = value;
  }
  metric.last[at] = value;
  metric.lastTime[at] = timeMicros;
}
