import { type DecodedArray, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { COLUMNS_METADATA, METRICS_METADATA, QUARTER_FIELDS, type QuarterField, quarterColumn } from "./part-schema.ts";
import { type QuarterColumns, QuarterRows } from "./quarter-rows.ts";
import { COMPRESSORS, damaged, numbered, type OpenFile, openFile, PARSERS } from "./raw-reader.ts";

/** Reads a sidecar front to back, a row group or a piece of one at a time. */
export class SidecarReader {
  /** Metric number → its key when the file was written. */
  readonly keys: ReadonlyMap<number, string>;
  readonly groups: readonly number[];
  private readonly path: string;
  private readonly file: OpenFile;
  private readonly metadata: FileMetaData;
  /** By the name of a column. */
  private readonly places: ReadonlyMap<string, { readonly metric: number; readonly field: QuarterField }>;

  private constructor(path: string, file: OpenFile, metadata: FileMetaData) {
    this.path = path;
    this.file = file;
    this.metadata = metadata;
    this.keys = numbered(metadata, METRICS_METADATA);
    this.groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
    this.places = new Map(
      [...numbered(metadata, COLUMNS_METADATA)].flatMap(([metric, name]) =>
        QUARTER_FIELDS.map((field) => [quarterColumn(name, field), { metric, field }] as const),
      ),
    );
  }

  /** Throws `telemetry.part_damaged` when it is no file of ours. */
  static async open(path: string): Promise<SidecarReader> {
    const file = await openFile(path);
    try {
      return new SidecarReader(path, file, await parquetMetadataAsync(file, { parsers: PARSERS }));
    } catch (cause) {
      await file.close();
      throw damaged(path, cause);
    }
  }

  /** Throws `telemetry.part_damaged`. */
  async readGroup(index: number, from = 0, to = this.groups[index]!): Promise<QuarterRows> {
    try {
      return await this.decodeGroup(index, from, to);
    } catch (cause) {
      throw damaged(this.path, cause);
    }
  }

  private async decodeGroup(index: number, fromRow: number, toRow: number): Promise<QuarterRows> {
    const from = this.groups.slice(0, index).reduce((sum, rows) => sum + rows, 0) + fromRow;
    const length = toRow - fromRow;
    const deviceIds = new Int32Array(length);
    const starts = new Float64Array(length);
    const metrics = new Map([...this.keys.keys()].map((metric) => [metric, newColumns(length)]));
    await parquetRead({
      file: this.file,
      metadata: this.metadata,
      rowStart: from,
      rowEnd: from + length,
      compressors: COMPRESSORS,
      parsers: PARSERS,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const at = rowStart - from;
        if (columnName === "device") setNumbers(deviceIds, columnData, at);
        else if (columnName === "bucket") setNumbers(starts, columnData, at);
        else {
          const place = this.places.get(columnName);
          if (place !== undefined) setNumbers(metrics.get(place.metric)![place.field], columnData, at);
        }
      },
    });
    for (const columns of metrics.values()) sayOfOne(columns);
    return new QuarterRows(deviceIds, starts, metrics);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function newColumns(length: number): QuarterColumns {
  return Object.fromEntries(
    QUARTER_FIELDS.map((field) => [field, new Float64Array(length).fill(Number.NaN)]),
  ) as unknown as QuarterColumns;
}

/** Pages are decoded whole: what lies before and after the column is left out. */
function setNumbers(column: Float64Array | Int32Array, data: DecodedArray, at: number): void {
  const end = Math.min(data.length, column.length - at);
  for (let i = Math.max(0, -at); i < end; i++) column[at + i] = data[i] == null ? Number.NaN : Number(data[i]);
}

/** Of a single valid reading the file says its value as the sum and its time as the first; see `QUARTER_FIELDS`. */
function sayOfOne(columns: QuarterColumns): void {
  for (let row = 0; row < columns.valid.length; row++) {
    if (columns.valid[row] !== 1) continue;
    for (const field of ["min", "max", "first", "last"] as const) columns[field][row] = columns.sum[row]!;
    columns.lastTime[row] = columns.firstTime[row]!;
  }
}
