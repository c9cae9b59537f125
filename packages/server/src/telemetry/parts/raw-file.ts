import {
  countPresent,
  type Effort,
  type FileColumn,
  hasNegativeZero,
  ParquetFile,
  toMicros,
  withNulls,
} from "./parquet-file.ts";
import type { PartFacts, PartRows, PartShape } from "./part-rows.ts";
import { columnNames, flagsColumn, partMetadata, rawSchema } from "./part-schema.ts";
import type { FileSums } from "./summed-file.ts";

/** Writes the readings of a part. */
export class RawFile {
  private readonly file: ParquetFile;
  private readonly shape: PartShape;
  private readonly effort: Effort;
  private readonly names: ReadonlyMap<number, string>;
  private messages = 0;
  private readings = 0;

  constructor(path: string, shape: PartShape, effort: Effort) {
    this.file = new ParquetFile(path, rawSchema(shape), partMetadata(shape), effort);
    this.shape = shape;
    this.effort = effort;
    this.names = columnNames(shape);
  }

  /** One row group: rows that follow the ones before. */
  write(rows: PartRows): void {
    const { length } = rows;
    const columns: FileColumn[] = [
      { name: "device", data: rows.deviceIds.subarray(0, length), encoding: "DELTA_BINARY_PACKED" },
      { name: "time", data: toMicros(rows.timesMicros.subarray(0, length)), encoding: "DELTA_BINARY_PACKED" },
    ];
    for (const [number, name] of this.names) {
      columns.push(this.valueColumn(name, rows.columns.get(number), length));
      if (this.shape.flagged.has(number)) {
        const flags = Int32Array.from(rows.flags.get(number)?.subarray(0, length) ?? new Uint8Array(length));
        columns.push({ name: flagsColumn(name), data: flags });
      }
    }
    if (this.shape.hasExtras) {
      columns.push({ name: "extras", data: Array.from({ length }, (_, row) => rows.extras.get(row) ?? null) });
    }
    this.file.write(columns);
    this.messages += length;
  }

  private valueColumn(name: string, column: Float64Array | undefined, length: number): FileColumn {
    // Others prune by them what stays; of what is soon rewritten they would cost a tenth of the time.
    const statistics = this.effort === "compact";
    if (column === undefined) return { name, data: new Array(length).fill(null), encoding: "PLAIN", statistics };
    const values = column.subarray(0, length);
    const data = withNulls(values);
    this.readings += data === values ? length : countPresent(values);
    const fitsDictionary = this.effort === "compact" && !hasNegativeZero(values);
    return fitsDictionary ? { name, data, statistics } : { name, data, encoding: "PLAIN", statistics };
  }

  get facts(): PartFacts {
    return { messages: this.messages, readings: this.readings };
  }

  finish(): FileSums {
    return this.file.finish();
  }

  close(): void {
    this.file.close();
  }
}
