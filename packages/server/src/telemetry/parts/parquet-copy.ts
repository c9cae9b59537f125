import {
  asyncBufferFromFile,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
} from "hyparquet";
import { BLOCKS_METADATA } from "./file-checksums.ts";
import { type Effort, type FileColumn, ParquetFile } from "./parquet-file.ts";
import { COMPRESSORS, PARSERS } from "./raw-reader.ts";

/** A file of ours, as it is: any of its columns, in any of its row groups. */
export class ParquetSource {
  readonly groups: number;
  private readonly file: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  private readonly metadata: FileMetaData;

  private constructor(file: Awaited<ReturnType<typeof asyncBufferFromFile>>, metadata: FileMetaData) {
    this.file = file;
    this.metadata = metadata;
    this.groups = metadata.row_groups.length;
  }

  static async open(path: string): Promise<ParquetSource> {
    const file = await asyncBufferFromFile(path);
    return new ParquetSource(file, await parquetMetadataAsync(file, { parsers: PARSERS }));
  }

  /** Of whom each row of a row group is. */
  async readDevices(group: number): Promise<Int32Array> {
    return (await this.read(group, ["device"])).get("device") as Int32Array;
  }

  /** The columns of a row group, without the rows that `keeps` is not true of, to be written as they were. */
  async readKept(group: number, keeps: (row: number) => boolean): Promise<KeptRows> {
    const columns = await this.read(group);
    const rows = Array.from({ length: this.rowsOf(group) }, (_, row) => row);
    const kept = rows.filter(keeps);
    let valuesGone = 0;
    const written = this.metadata.row_groups[group]!.columns.map(({ meta_data }): FileColumn => {
      const name = meta_data!.path_in_schema[0]!;
      const all = columns.get(name)!;
      const data = pick(all, kept);
      if (meta_data!.type === "DOUBLE") valuesGone += countPresent(all) - countPresent(data);
      const encodings = new Set(meta_data!.encodings);
      const statistics = meta_data!.statistics !== undefined;
      if (encodings.has("DELTA_BINARY_PACKED")) return { name, data, statistics, encoding: "DELTA_BINARY_PACKED" };
      // Where a dictionary was not fit for all values it may not be for some of them.
      return encodings.has("RLE_DICTIONARY")
        ? { name, data, statistics }
        : { name, data, statistics, encoding: "PLAIN" };
    });
    return { rows: kept.length, valuesGone, columns: written };
  }

  /** A new file of the same columns. */
  createAlike(path: string, effort: Effort): ParquetFile {
    const metadata = (this.metadata.key_value_metadata ?? []).filter(({ key }) => key !== BLOCKS_METADATA);
    return new ParquetFile(path, [...this.metadata.schema], metadata, effort);
  }

  private rowsOf(group: number): number {
    return Number(this.metadata.row_groups[group]!.num_rows);
  }

  private async read(group: number, names?: string[]): Promise<Map<string, DecodedArray>> {
    const rowStart = this.metadata.row_groups.slice(0, group).reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
    const pieces = new Map<string, { readonly at: number; readonly data: DecodedArray }[]>();
    await parquetRead({
      file: this.file,
      metadata: this.metadata,
      rowStart,
      rowEnd: rowStart + this.rowsOf(group),
      compressors: COMPRESSORS,
      parsers: PARSERS,
      ...(names && { columns: names }),
      onChunk: ({ columnName, columnData, rowStart: at }) => {
        const found = pieces.get(columnName) ?? [];
        pieces.set(columnName, found);
        found.push({ at, data: columnData });
      },
    });
    return new Map([...pieces].map(([name, found]) => [name, joined(found)]));
  }
}

export interface KeptRows {
  readonly rows: number;
  /** Numbers among what is left out. */
  readonly valuesGone: number;
  readonly columns: readonly FileColumn[];
}

function joined(pieces: { readonly at: number; readonly data: DecodedArray }[]): DecodedArray {
  if (pieces.length === 1) return pieces[0]!.data;
  const inOrder = pieces.sort((a, b) => a.at - b.at).map(({ data }) => data);
  const first = inOrder[0]!;
  const isOneKind = inOrder.every((data) => !Array.isArray(data) && data.constructor === first.constructor);
  const all = inOrder.flatMap((data) => Array.from(data as ArrayLike<unknown>));
  if (!isOneKind) return all;
  return (first.constructor as unknown as { from(values: unknown[]): DecodedArray }).from(all);
}

function pick(all: DecodedArray, kept: readonly number[]): DecodedArray {
  const values = kept.map((row) => all[row]);
  if (Array.isArray(all)) return values;
  return (all.constructor as unknown as { from(values: unknown[]): DecodedArray }).from(values);
}

function countPresent(values: DecodedArray): number {
  let present = 0;
  for (let i = 0; i < values.length; i++) if (values[i] != null) present++;
  return present;
}
