import { constants, zstdCompressSync } from "node:zlib";
import type { DecodedArray, KeyValue, SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import { BLOCKS_METADATA } from "./file-checksums.ts";
import { type FileSums, SummedFile } from "./summed-file.ts";

/**
 *   quick    what is written once and soon rewritten by compaction: plain values, zstd 1
 *   compact  what stays: dictionaries where they save half, zstd 3. A third smaller on real recordings, at half the speed
 */
export type Effort = "quick" | "compact";

/** About 8,000 doubles: a reader of one device unpacks a page, not a row group. */
const PAGE_BYTES = 65_536;
/** Are collected before they are written. */
const CHUNK_BYTES = 1_000_000;

export interface FileColumn {
  readonly name: string;
  readonly data: DecodedArray;
  readonly encoding?: ColumnSource["encoding"];
  /** False where nobody prunes by them: they cost as much as the values. */
  readonly statistics?: boolean;
}

/** A Parquet file that grows by row groups; only one of them is held in memory. */
export class ParquetFile {
  private readonly writer: ParquetWriter;
  private readonly file: SummedFile;
  private readonly bytes: FileBytes;
  private readonly metadata: KeyValue[];

  constructor(path: string, schema: SchemaElement[], metadata: KeyValue[], effort: Effort) {
    const params = {
      [constants.ZSTD_c_compressionLevel]: effort === "quick" ? 1 : 3,
      // Every reader then tells a page whose bits have flipped.
      [constants.ZSTD_c_checksumFlag]: 1,
    };
    this.file = new SummedFile(path);
    this.bytes = new FileBytes(this.file);
    this.metadata = metadata;
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema,
      codec: "ZSTD",
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes, { params }) },
      kvMetadata: this.metadata,
      createdBy: "sluice",
    });
  }

  /** One row group. */
  write(columns: readonly FileColumn[]): void {
    const rows = columns[0]!.data.length;
    if (rows > 0) this.writer.write({ columnData: [...columns], rowGroupSize: rows, pageSize: PAGE_BYTES });
  }

  finish(): FileSums {
    this.bytes.finish();
    this.metadata.push({ key: BLOCKS_METADATA, value: this.file.endBlocks() });
    this.writer.finish();
    const sums = this.file.finish();
    if (sums.bytes === this.bytes.offset) return sums;
    throw new Error(`${this.bytes.offset} bytes were made, and ${sums.bytes} written`);
  }

  /** Also of one that was not finished. */
  close(): void {
    this.file.close();
  }
}

/** What the writer makes, on its way to the file. */
class FileBytes extends ByteWriter {
  private readonly file: SummedFile;

  constructor(file: SummedFile) {
    super(2 * CHUNK_BYTES);
    this.file = file;
  }

  override ensure(size: number): void {
    if (this.index > CHUNK_BYTES) this.finish();
    super.ensure(size);
  }

  /** More may be added. */
  override finish(): void {
    this.file.append(new Uint8Array(this.buffer, 0, this.index));
    this.index = 0;
  }
}

/** NaN, which in our columns says that there is no value, as null; the array itself when every value is there. */
export function withNulls(values: Float64Array): DecodedArray {
  if (countPresent(values) === values.length) return values;
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}

export function countPresent(values: Float64Array): number {
  let present = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) present++;
  return present;
}

/** A loop: `from` with a function takes five times as long. */
export function toMicros(times: Float64Array): BigInt64Array {
  const micros = new BigInt64Array(times.length);
  for (let i = 0; i < times.length; i++) micros[i] = BigInt(times[i]!);
  return micros;
}

/** A dictionary takes −0 for 0. */
export function hasNegativeZero(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] === 0 && Object.is(values[i], -0)) return true;
  return false;
}
