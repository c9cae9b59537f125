import { setImmediate as nextTurn } from "node:timers/promises";
import { zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ExportColumn, ExportPiece, ExportTable } from "./export-table.ts";

/** Rows of a row group: some ten milliseconds' work, and what is held in memory. */
const ROWS_PER_GROUP = 16_384;

/** Bytes leave it as they come; only the offset of the next one is kept. */
class StreamedBytes extends ByteWriter {
  takeBytes(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

/** Columns with their types, times as microseconds in UTC. Its footer comes last: a file that was cut short opens nowhere. */
export async function* parquetExport(table: ExportTable): AsyncGenerator<Uint8Array> {
  const bytes = new StreamedBytes();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(table.columns),
    codec: "ZSTD",
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    createdBy: "sluice",
  });
  let gathered: ExportPiece[] = [];
  for await (const piece of table.pieces()) {
    gathered.push(piece);
    if (gathered.reduce((sum, { rows }) => sum + rows, 0) < ROWS_PER_GROUP) continue;
    writeGroup(writer, table.columns, gathered);
    gathered = [];
    yield bytes.takeBytes();
    await nextTurn();
  }
  if (gathered.length > 0) writeGroup(writer, table.columns, gathered);
  writer.finish();
  yield bytes.takeBytes();
}

function writeGroup(writer: ParquetWriter, columns: readonly ExportColumn[], pieces: readonly ExportPiece[]): void {
  const columnData = columns.map(({ name, kind }, column) => {
    const values = pieces.flatMap((piece) => piece.columns[column] as (string | number | null)[]);
    if (kind === "time") return { name, data: BigInt64Array.from(values, (micros) => BigInt(micros!)) };
    // A dictionary would take −0 for 0.
    if (kind === "number") return { name, data: values, encoding: "PLAIN" as const };
    return { name, data: values };
  });
  writer.write({ columnData, rowGroupSize: columnData[0]!.data.length });
}

const TIME = {
  type: "INT64",
  converted_type: "TIMESTAMP_MICROS",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
  repetition_type: "REQUIRED",
} as const;

function schemaOf(columns: readonly ExportColumn[]): SchemaElement[] {
  const elements = columns.map(({ name, kind }): SchemaElement => {
    if (kind === "time") return { name, ...TIME };
    if (kind === "number") return { name, type: "DOUBLE", repetition_type: "OPTIONAL" };
    return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" };
  });
  return [{ name: "schema", num_children: elements.length }, ...elements];
}
