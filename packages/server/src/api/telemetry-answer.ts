import { Readable } from "node:stream";
import { FAULTS } from "@sluice/core/telemetry/validity.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { csvCell } from "../platform/csv.ts";
import { formatTime, toEpochMs } from "./query-time.ts";
import type { BucketColumn, Column, Table } from "./telemetry-columns.ts";

/** Values written in one piece: enough to be fast, little enough to leave the event loop between two. */
const VALUES_A_PIECE = 8192;
/** Up to here an answer is one string, which is faster than a stream. */
const MAX_VALUES_UNSTREAMED = 50_000;

export function wantsCsv(request: FastifyRequest): boolean {
  return /\btext\/csv\b/.test(request.headers.accept ?? "");
}

/**
 * `head` is the beginning of a JSON object; the arrays follow as its last members: "ts", "series" and, when there are any,
 * "invalid": metric → what is wrong → indexes into "ts".
 */
export function sendColumns(
  reply: FastifyReply,
  head: Readonly<Record<string, unknown>>,
  table: Table,
  nested?: readonly BucketColumn[],
): FastifyReply {
  reply.type("application/json; charset=utf-8");
  return sendPieces(reply, jsonPieces(head, table, nested), table);
}

/** What an answer about several devices says of one. */
export interface DeviceTable {
  /** The beginning of its object; its "ts" and "series" follow. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly table: Table;
}

/** As `sendColumns`, with the objects of several devices in "devices", the last member of the answer's object. */
export function sendDevices(
  reply: FastifyReply,
  head: Readonly<Record<string, unknown>>,
  devices: readonly DeviceTable[],
): FastifyReply {
  reply.type("application/json; charset=utf-8");
  return sendPieces(reply, devicesPieces(head, devices), ...devices.map(({ table }) => table));
}

/** RFC 4180, with a header line; times are RFC 3339 in UTC, an empty cell is a missing value. */
export function sendCsv(reply: FastifyReply, table: Table): FastifyReply {
  reply.type("text/csv; charset=utf-8; header=present");
  return sendPieces(reply, csvPieces(table), table);
}

function sendPieces(reply: FastifyReply, pieces: Iterable<string>, ...tables: readonly Table[]): FastifyReply {
  const values = tables.reduce((sum, { timesMicros, columns }) => sum + timesMicros.length * (columns.length + 1), 0);
  return reply.send(values > MAX_VALUES_UNSTREAMED ? Readable.from(pieces) : [...pieces].join(""));
}

function* jsonPieces(
  head: Readonly<Record<string, unknown>>,
  table: Table,
  nested?: readonly BucketColumn[],
): Generator<string> {
  const rows = table.timesMicros.length;
  yield `${JSON.stringify(head).slice(0, -1)},"ts":[`;
  yield* joined(rows, (row) => String(toEpochMs(table.timesMicros[row]!)));
  yield '],"series":{';
  const columns = nested ?? table.columns;
  for (const [index, column] of columns.entries()) {
    yield `${index === 0 ? "" : ","}${JSON.stringify(column.key)}:`;
    if ("aggregates" in column) yield* jsonObject(column.aggregates, rows);
    else yield* jsonArray(column, rows);
  }
  yield "}";
  yield* jsonInvalid(nested === undefined ? table : { ...table, columns: [] });
  yield "}";
}

function* devicesPieces(head: Readonly<Record<string, unknown>>, devices: readonly DeviceTable[]): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"devices":[`;
  for (const [index, device] of devices.entries()) {
    if (index > 0) yield ",";
    yield* jsonPieces(device.head, device.table);
  }
  yield "]}";
}

function* jsonInvalid({ timesMicros, columns }: Table): Generator<string> {
  const marked = columns.filter(({ flagsAt }) => flagsAt !== undefined);
  for (const [index, { key, flagsAt }] of marked.entries()) {
    yield `${index === 0 ? ',"invalid":{' : ","}${JSON.stringify(key)}:{`;
    let separator = "";
    for (const [bit, fault] of FAULTS) {
      const rows = rowsWith(bit, flagsAt!, timesMicros.length);
      if (rows.length === 0) continue;
      yield `${separator}"${fault}":[`;
      yield* joined(rows.length, (at) => String(rows[at]));
      yield "]";
      separator = ",";
    }
    yield "}";
  }
  if (marked.length > 0) yield "}";
}

function rowsWith(bit: number, flagsAt: (row: number) => number, length: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) if ((flagsAt(row) & bit) !== 0) rows.push(row);
  return rows;
}

function* jsonObject(aggregates: ReadonlyMap<string, Column>, rows: number): Generator<string> {
  let separator = "{";
  for (const [name, column] of aggregates) {
    yield `${separator}${JSON.stringify(name)}:`;
    yield* jsonArray(column, rows);
    separator = ",";
  }
  yield "}";
}

function* jsonArray(column: Column, rows: number): Generator<string> {
  yield "[";
  yield* joined(rows, (row) => jsonValue(column.valueAt(row)));
  yield "]";
}

/** Like JSON.stringify, but −0 stays −0: every value is given back as it was stored. */
function jsonValue(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  return JSON.stringify(value);
}

function* joined(rows: number, textOf: (row: number) => string): Generator<string> {
  for (let from = 0; from < rows; from += VALUES_A_PIECE) {
    const texts: string[] = [];
    for (let row = from; row < Math.min(rows, from + VALUES_A_PIECE); row++) texts.push(textOf(row));
    yield (from === 0 ? "" : ",") + texts.join(",");
  }
}

function* csvPieces(table: Table): Generator<string> {
  yield `${["timestamp", ...table.columns.map(({ key }) => csvCell(key))].join(",")}\r\n`;
  const rowsAPiece = Math.max(1, Math.floor(VALUES_A_PIECE / (table.columns.length + 1)));
  for (let from = 0; from < table.timesMicros.length; from += rowsAPiece) {
    let piece = "";
    for (let row = from; row < Math.min(table.timesMicros.length, from + rowsAPiece); row++) {
      piece += `${[formatTime(table.timesMicros[row]!), ...table.columns.map((column) => csvCell(column.valueAt(row)))].join(",")}\r\n`;
    }
    yield piece;
  }
}
