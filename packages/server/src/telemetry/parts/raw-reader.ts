import { open } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import { SluiceError } from "@sluice/core/errors.ts";
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type RowGroup,
} from "hyparquet";
import type { PartFacts, PartRows, PartShape } from "./part-rows.ts";
import { COLUMNS_METADATA, flagsColumn, METRICS_METADATA } from "./part-schema.ts";

/** No page of ours is larger after decompression: extras of 8,000 messages. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

export const COMPRESSORS = {
  // A page without any value is empty.
  ZSTD: (input: Uint8Array, outputLength: number) =>
    zstdDecompressSync(input, { maxOutputLength: Math.max(1, Math.min(MAX_PAGE_BYTES, outputLength)) }),
};

/** Times stay numbers of microseconds: Dates know milliseconds only. */
export const PARSERS = { timestampFromMicroseconds: (micros: bigint) => micros };

/** Reads a part's raw file, a row group at a time, front to back. */
export class RawReader {
  readonly shape: PartShape;
  readonly groups: readonly { readonly rows: number; readonly minDevice: number; readonly maxDevice: number }[];
  private readonly names: ReadonlyMap<string, number>;
  private readonly path: string;
  private readonly file: OpenFile;
  private readonly metadata: FileMetaData;

  private constructor(path: string, file: OpenFile, metadata: FileMetaData) {
    this.path = path;
    this.file = file;
    this.metadata = metadata;
    const keys = numbered(metadata, METRICS_METADATA);
    const columns = numbered(metadata, COLUMNS_METADATA);
    const present = new Set(metadata.schema.map(({ name }) => name));
    const flagged = [...columns].filter(([, name]) => present.has(flagsColumn(name))).map(([number]) => number);
    this.names = new Map([...columns].map(([number, name]) => [name, number]));
    this.shape = { keys, flagged: new Set(flagged), hasExtras: present.has("extras") };
    this.groups = metadata.row_groups.map(describeGroup);
  }

  /** Throws `telemetry.part_damaged` when it is no file of ours. */
  static async open(path: string): Promise<RawReader> {
    const file = await openFile(path);
    try {
      return new RawReader(path, file, await parquetMetadataAsync(file, { parsers: PARSERS }));
    } catch (cause) {
      await file.close();
      throw damaged(path, cause);
    }
  }

  /** As the file says of itself. */
  get messages(): number {
    return Number(this.metadata.num_rows);
  }

  /** What the largest row group takes in memory, about. */
  get largestGroupBytes(): number {
    const bytesPerRow = 12 + 9 * this.shape.keys.size;
    const sizes = this.metadata.row_groups.map(({ num_rows, columns }) => {
      const extras = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === "extras")?.meta_data;
      return Number(num_rows) * bytesPerRow + 2 * Number(extras?.total_uncompressed_size ?? 0);
    });
    return sizes.reduce((largest, size) => Math.max(largest, size), 0);
  }

  /** Throws `telemetry.part_damaged`. */
  async readGroup(index: number): Promise<PartRows> {
    try {
      return await this.decodeGroup(index);
    } catch (cause) {
      throw damaged(this.path, cause);
    }
  }

  private async decodeGroup(index: number): Promise<PartRows> {
    const from = this.groups.slice(0, index).reduce((sum, { rows }) => sum + rows, 0);
    const length = this.groups[index]!.rows;
    const columns = new Map<number, Float64Array>();
    const flags = new Map<number, Uint8Array>();
    const extras = new Map<number, string>();
    const deviceIds = new Int32Array(length);
    const timesMicros = new Float64Array(length);
    const take = (name: string, data: DecodedArray, at: number) => {
      if (name === "device") deviceIds.set(data as Int32Array, at);
      else if (name === "time") for (let i = 0; i < data.length; i++) timesMicros[at + i] = Number(data[i]);
      else if (name === "extras") setTexts(extras, data, at);
      else if (this.names.has(name)) setValues(valuesOf(columns, this.names.get(name)!, length), data, at);
      else flagsOf(flags, this.names.get(name.slice(0, -FLAGS_SUFFIX))!, length).set(data as Int32Array, at);
    };
    await this.read(from, from + length, ({ columnName, columnData, rowStart }) =>
      take(columnName, columnData, rowStart - from),
    );
    return { length, deviceIds, timesMicros, columns, flags, extras };
  }

  /** Decodes all of a row group and keeps nothing of it. Throws `telemetry.part_damaged`. */
  async countGroup(index: number): Promise<PartFacts> {
    const rowStart = this.groups.slice(0, index).reduce((sum, { rows }) => sum + rows, 0);
    const counts = { messages: 0, readings: 0 };
    const onChunk = ({ columnName, columnData }: { columnName: string; columnData: DecodedArray }) => {
      if (columnName === "device") counts.messages += columnData.length;
      else if (this.names.has(columnName)) counts.readings += countValues(columnData);
    };
    try {
      await this.read(rowStart, rowStart + this.groups[index]!.rows, onChunk);
      return counts;
    } catch (cause) {
      throw damaged(this.path, cause);
    }
  }

  private read(rowStart: number, rowEnd: number, onChunk: OnChunk): Promise<void> {
    const { file, metadata } = this;
    return parquetRead({ file, metadata, rowStart, rowEnd, compressors: COMPRESSORS, parsers: PARSERS, onChunk });
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

type OnChunk = NonNullable<Parameters<typeof parquetRead>[0]["onChunk"]>;

const FLAGS_SUFFIX = flagsColumn("").length;

export interface OpenFile extends AsyncBuffer {
  close(): Promise<void>;
}

export async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, "r");
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(from, to = size) {
      const buffer = new Uint8Array(to - from);
      await handle.read(buffer, 0, buffer.length, from);
      return buffer.buffer;
    },
    close: () => handle.close(),
  };
}

function describeGroup({ num_rows, columns }: RowGroup) {
  const device = columns[0]?.meta_data?.statistics;
  return { rows: Number(num_rows), minDevice: Number(device?.min_value), maxDevice: Number(device?.max_value) };
}

export function numbered(metadata: FileMetaData, key: string): Map<number, string> {
  const text = metadata.key_value_metadata?.find((pair) => pair.key === key)?.value;
  if (text === undefined) throw new Error(`it has no ${key}`);
  return new Map(
    Object.entries(JSON.parse(text) as Record<string, string>).map(([number, name]) => [Number(number), name]),
  );
}

function valuesOf(columns: Map<number, Float64Array>, number: number, length: number): Float64Array {
  let column = columns.get(number);
  if (column === undefined) {
    column = new Float64Array(length).fill(Number.NaN);
    columns.set(number, column);
  }
  return column;
}

function flagsOf(flags: Map<number, Uint8Array>, number: number, length: number): Uint8Array {
  let column = flags.get(number);
  if (column === undefined) {
    column = new Uint8Array(length);
    flags.set(number, column);
  }
  return column;
}

function countValues(data: DecodedArray): number {
  if (data instanceof Float64Array) return data.length;
  let present = 0;
  for (let i = 0; i < data.length; i++) if (data[i] != null) present++;
  return present;
}

function setValues(column: Float64Array, data: DecodedArray, at: number): void {
  if (data instanceof Float64Array) column.set(data, at);
  else for (let i = 0; i < data.length; i++) column[at + i] = data[i] ?? Number.NaN;
}

function setTexts(extras: Map<number, string>, data: DecodedArray, at: number): void {
  for (let i = 0; i < data.length; i++) if (data[i] != null) extras.set(at + i, data[i]);
}

export function damaged(path: string, cause: unknown): SluiceError {
  const message = `The file ${path} cannot be read as readings: restore it from a backup.`;
  return new SluiceError("internal", "telemetry.part_damaged", message, { cause });
}
