/**
 * The body of a slice: about a thousand messages of one profile in columns, sorted by (device, time, arrival). Stored
 * compressed (zstd level 1); this file is the layout before compression, little-endian. A slice all of whose readings are
 * valid is of version 1, one that holds an invalid reading of version 2:
 *
 *   version u8 · rows u32
 *   device ids   integer block of `rows` differences to the row before (the first row: to 0)
 *   times        unit u8 (10^unit microseconds: 0, 3 or 6) · first time f64 · integer block of `rows` differences in that
 *                unit to the row before (the first row: 0)
 *   columns u16, each:
 *     metric u8 · bytes u32 (what follows of this column) · count u32 (rows that have the metric)
 *     presence     if count < rows: ⌈rows / 8⌉ bytes, bit (row mod 8) of byte ⌊row / 8⌋
 *     encoding u8  0: doubles as 8 byte planes
 *                  1: exponent u8, integer block of `count`: value = integer / 10^exponent, used only when that is
 *                     every value bit for bit
 *   marks, in version 2 only: u16 (metrics that have a marked reading), each:
 *     metric u8 · `rows` bytes, the flags of each row's reading (`validity.ts`; 0: valid, or no reading)
 *   extras u32 (count) · then, if any: row u32 each · byte length u32 each · JSON texts in UTF-8
 *
 * Times are 0 to 2^52 − 1 (the year 2112), so that differences stay exact.
 *
 * Readers refuse versions that they do not know.
 */
import { ByteReader, ByteWriter, type IntegerBlock } from "./bytes.ts";
import type { MessageBatch } from "./message-batch.ts";

export const SLICE_VERSION = 1;
export const MARKED_SLICE_VERSION = 2;

const RAW = 0;
const DECIMAL = 1;
const MAX_EXPONENT = 6;
/** Integers up to 2^51 in decimal columns: their offsets fit seven bytes and division stays exact. */
const MAX_DECIMAL_INTEGER = 2 ** 51;
const POWERS = Float64Array.from({ length: MAX_EXPONENT + 1 }, (_, exponent) => 10 ** exponent);

interface ColumnScratch {
  values: Float64Array;
  rows: Int32Array;
  count: number;
  lastRow: number;
  /** The exponent that fitted the last slice: metrics keep their precision. */
  exponentHint: number;
}

/** Encodes slices; holds the scratch memory, so one is kept for many slices. Not to be shared between threads. */
export class SliceEncoder {
  private readonly writer = new ByteWriter();
  private readonly columns: (ColumnScratch | undefined)[] = new Array(256);
  private readonly used: number[] = [];
  private integers = new Float64Array(2048);

  /**
   * Encodes messages `order[from]` to `order[to - 1]` of the batch, which must be in (device, time, arrival) order.
   * Where a message says a metric twice, the last one holds.
   */
  encode(batch: MessageBatch, order: Int32Array, from: number, to: number): Uint8Array {
    const rows = to - from;
    const writer = this.writer;
    if (this.integers.length < rows) this.integers = new Float64Array(rows * 2);
    const marks = batch.hasFlags ? gatherMarks(batch, order, from, rows) : NO_MARKS;
    writer.clear();
    writer.u8(marks.size === 0 ? SLICE_VERSION : MARKED_SLICE_VERSION);
    writer.u32(rows);
    this.writeDeviceIds(batch, order, from, rows);
    this.writeTimes(batch, order, from, rows);
    this.gatherColumns(batch, order, from, rows);
    this.used.sort((a, b) => a - b);
    writer.u16(this.used.length);
    for (const metric of this.used) this.writeColumn(metric, rows);
    this.used.length = 0;
    if (marks.size > 0) this.writeMarks(marks);
    this.writeExtras(batch, order, from, rows);
    return writer.take();
  }

  private writeDeviceIds(batch: MessageBatch, order: Int32Array, from: number, rows: number): void {
    let before = 0;
    for (let row = 0; row < rows; row++) {
      const id = batch.deviceIds[order[from + row]!]!;
      this.integers[row] = id - before;
      before = id;
    }
    this.writer.integers(this.integers, rows);
  }

  private writeTimes(batch: MessageBatch, order: Int32Array, from: number, rows: number): void {
    const unit = commonUnit(batch, order, from, rows);
    const divisor = POWERS[unit]!;
    let before = 0;
    for (let row = 0; row < rows; row++) {
      const time = batch.timesMicros[order[from + row]!]! / divisor;
      this.integers[row] = time - before;
      before = time;
    }
    this.writer.u8(unit);
    // The first difference is the whole time: kept apart, so that it does not widen the block.
    const first = rows > 0 ? this.integers[0]! : 0;
    this.writer.f64(first);
    if (rows > 0) this.integers[0] = 0;
    this.writer.integers(this.integers, rows);
  }

  private gatherColumns(batch: MessageBatch, order: Int32Array, from: number, rows: number): void {
    const { valueEnds, metricNumbers, values } = batch;
    for (let row = 0; row < rows; row++) {
      const message = order[from + row]!;
      const end = valueEnds[message]!;
      for (let at = message === 0 ? 0 : valueEnds[message - 1]!; at < end; at++) {
        const metric = metricNumbers[at]!;
        const column = this.columns[metric] ?? this.addColumn(metric);
        if (column.count === 0) {
          this.used.push(metric);
          if (column.values.length < rows) growColumn(column, rows);
        } else if (column.lastRow === row) {
          column.count--;
        }
        column.lastRow = row;
        column.rows[column.count] = row;
        column.values[column.count++] = values[at]!;
      }
    }
  }

  private addColumn(metric: number): ColumnScratch {
    const column = { values: new Float64Array(0), rows: new Int32Array(0), count: 0, lastRow: -1, exponentHint: 0 };
    this.columns[metric] = column;
    return column;
  }

  private writeColumn(metric: number, rows: number): void {
    const column = this.columns[metric]!;
    const writer = this.writer;
    writer.u8(metric);
    const sizeAt = writer.holdU32();
    const start = writer.length;
    writer.u32(column.count);
    if (column.count < rows) writer.raw(presenceBits(column, rows));
    const exponent = this.scaleToIntegers(column);
    if (exponent < 0) {
      writer.u8(RAW);
      writer.doubles(column.values, column.count);
    } else {
      writer.u8(DECIMAL);
      writer.u8(exponent);
      writer.integers(this.integers, column.count);
    }
    writer.patchU32(sizeAt, writer.length - start);
    column.count = 0;
    column.lastRow = -1;
  }

  /** Fills `integers` and returns the exponent, or −1 when some value is no short decimal. */
  private scaleToIntegers(column: ColumnScratch): number {
    for (let exponent = column.exponentHint; exponent <= MAX_EXPONENT; exponent++) {
      if (this.scalesWith(column, POWERS[exponent]!)) {
        column.exponentHint = exponent;
        return exponent;
      }
    }
    column.exponentHint = 0;
    return -1;
  }

  private scalesWith(column: ColumnScratch, power: number): boolean {
    const { values, count } = column;
    const integers = this.integers;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      const integer = Math.round(value * power);
      if (integer / power !== value || integer > MAX_DECIMAL_INTEGER || integer < -MAX_DECIMAL_INTEGER) return false;
      if (integer === 0 && Object.is(value, -0)) return false;
      integers[i] = integer;
    }
    return true;
  }

  private writeMarks(marks: ReadonlyMap<number, Uint8Array>): void {
    this.writer.u16(marks.size);
    for (const [metric, flags] of marks) {
      this.writer.u8(metric);
      this.writer.raw(flags);
    }
  }

  private writeExtras(batch: MessageBatch, order: Int32Array, from: number, rows: number): void {
    const writer = this.writer;
    if (batch.extras.size === 0) {
      writer.u32(0);
      return;
    }
    const found: { row: number; text: Uint8Array }[] = [];
    for (let row = 0; row < rows; row++) {
      const text = batch.extras.get(order[from + row]!);
      if (text !== undefined) found.push({ row, text: new TextEncoder().encode(text) });
    }
    writer.u32(found.length);
    for (const { row } of found) writer.u32(row);
    for (const { text } of found) writer.u32(text.length);
    for (const { text } of found) writer.raw(text);
  }
}

const NO_MARKS: ReadonlyMap<number, Uint8Array> = new Map();

/** The flags of each row, of the metrics that have any. */
function gatherMarks(batch: MessageBatch, order: Int32Array, from: number, rows: number): Map<number, Uint8Array> {
  const marks = new Map<number, Uint8Array>();
  for (let row = 0; row < rows; row++) {
    const message = order[from + row]!;
    const end = batch.valueEnds[message]!;
    for (let at = batch.valueStart(message); at < end; at++) {
      const flags = batch.flags[at]!;
      const metric = batch.metricNumbers[at]!;
      const known = marks.get(metric);
      if (known !== undefined) known[row] = flags;
      else if (flags !== 0) marks.set(metric, new Uint8Array(rows).fill(flags, row, row + 1));
    }
  }
  return marks;
}

function commonUnit(batch: MessageBatch, order: Int32Array, from: number, rows: number): number {
  let unit = 6;
  for (let row = 0; row < rows; row++) {
    const time = batch.timesMicros[order[from + row]!]!;
    if (unit === 6 && time % 1_000_000 !== 0) unit = 3;
    if (unit === 3 && time % 1000 !== 0) return 0;
  }
  return unit;
}

function growColumn(column: ColumnScratch, rows: number): void {
  column.values = new Float64Array(rows * 2);
  column.rows = new Int32Array(rows * 2);
}

function presenceBits(column: ColumnScratch, rows: number): Uint8Array {
  const bits = new Uint8Array((rows + 7) >> 3);
  for (let i = 0; i < column.count; i++) {
    const row = column.rows[i]!;
    bits[row >> 3]! |= 1 << (row & 7);
  }
  return bits;
}

interface ColumnPlace {
  readonly at: number;
  readonly size: number;
}

/** Reads a slice body; decodes only what is asked for. */
export class SliceReader {
  readonly rows: number;
  readonly deviceIds: Int32Array;
  readonly timesMicros: Float64Array;
  /** Ascending. */
  readonly metricNumbers: readonly number[];
  private readonly reader: ByteReader;
  private readonly places = new Map<number, ColumnPlace>();
  private readonly marks: ReadonlyMap<number, Uint8Array>;
  private readonly extrasAt: number;

  constructor(body: Uint8Array) {
    const reader = new ByteReader(body);
    this.reader = reader;
    const version = reader.u8();
    if (version !== SLICE_VERSION && version !== MARKED_SLICE_VERSION)
      throw new RangeError(`slice version ${version} is not known`);
    this.rows = reader.u32();
    this.deviceIds = readDeviceIds(reader, this.rows);
    this.timesMicros = readTimes(reader, this.rows);
    const columns = reader.u16();
    const metricNumbers: number[] = [];
    for (let i = 0; i < columns; i++) {
      const metric = reader.u8();
      const size = reader.u32();
      this.places.set(metric, { at: reader.position, size });
      metricNumbers.push(metric);
      reader.position += size;
    }
    this.metricNumbers = metricNumbers;
    this.marks = version === MARKED_SLICE_VERSION ? readMarks(reader, this.rows) : NO_MARKS;
    this.extrasAt = reader.position;
  }

  /** First and one-past-last row of a device; equal when the slice has none of it. */
  rowsOf(deviceId: number): readonly [number, number] {
    const from = lowerBound(this.deviceIds, deviceId);
    return [from, lowerBound(this.deviceIds, deviceId + 1)];
  }

  /**
   * Calls back for each of the rows `from` to `to - 1` that has the metric, with the row and its value bit for bit. Does
   * nothing when the slice does not have the metric.
   */
  forEachValue(metric: number, from: number, to: number, visit: (row: number, value: number) => void): void {
    const place = this.places.get(metric);
    if (place === undefined) return;
    const reader = this.reader;
    reader.position = place.at;
    const count = reader.u32();
    const presence = count < this.rows ? reader.take((this.rows + 7) >> 3) : undefined;
    const valueAt = readValues(reader, count);
    if (presence === undefined) {
      for (let row = from; row < to; row++) visit(row, valueAt(row));
      return;
    }
    let at = countBits(presence, from);
    for (let row = from; row < to; row++) {
      if ((presence[row >> 3]! >> (row & 7)) & 1) visit(row, valueAt(at++));
    }
  }

  /** The flags of a metric's readings, row by row (0: valid, or no reading); undefined when all of them are valid. */
  flagsOf(metric: number): Uint8Array | undefined {
    return this.marks.get(metric);
  }

  get hasExtras(): boolean {
    this.reader.position = this.extrasAt;
    return this.reader.u32() > 0;
  }

  /** What the extras take. */
  get extrasBytes(): number {
    return this.reader.bytes.length - this.extrasAt;
  }

  /** Calls back for each of the rows `from` to `to - 1` that has extras. */
  forEachExtras(from: number, to: number, visit: (row: number, text: string) => void): void {
    const reader = this.reader;
    reader.position = this.extrasAt;
    const count = reader.u32();
    if (count === 0) return;
    const rows = Array.from({ length: count }, () => reader.u32());
    const lengths = Array.from({ length: count }, () => reader.u32());
    const decoder = new TextDecoder();
    for (let i = 0; i < count; i++) {
      const bytes = reader.take(lengths[i]!);
      const row = rows[i]!;
      if (row >= from && row < to) visit(row, decoder.decode(bytes));
    }
  }

  /** Appends all messages, in the slice's order, to a batch. */
  appendTo(batch: MessageBatch): void {
    const columns = this.metricNumbers.map((metric) => {
      const values = new Float64Array(this.rows);
      const present = new Uint8Array(this.rows);
      this.forEachValue(metric, 0, this.rows, (row, value) => {
        values[row] = value;
        present[row] = 1;
      });
      return { metric, values, present, flags: this.marks.get(metric) };
    });
    const extras = new Map<number, string>();
    this.forEachExtras(0, this.rows, (row, text) => extras.set(row, text));
    for (let row = 0; row < this.rows; row++) {
      for (const { metric, values, present, flags } of columns) {
        if (present[row] !== 1) continue;
        batch.addValue(metric, values[row]!);
        if (flags !== undefined) batch.setFlags(batch.valueCount - 1, flags[row]!);
      }
      batch.endMessage(this.deviceIds[row]!, this.timesMicros[row]!, extras.get(row));
    }
  }
}

function readDeviceIds(reader: ByteReader, rows: number): Int32Array {
  const block = reader.integers(rows);
  const ids = new Int32Array(rows);
  let id = 0;
  for (let row = 0; row < rows; row++) {
    id += block.at(row);
    ids[row] = id;
  }
  return ids;
}

function readTimes(reader: ByteReader, rows: number): Float64Array {
  const unit = POWERS[reader.u8()]!;
  let time = reader.f64();
  const block = reader.integers(rows);
  const times = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    time += block.at(row);
    times[row] = time * unit;
  }
  return times;
}

function readMarks(reader: ByteReader, rows: number): ReadonlyMap<number, Uint8Array> {
  const marks = new Map<number, Uint8Array>();
  for (let count = reader.u16(); count > 0; count--) {
    const metric = reader.u8();
    marks.set(metric, reader.take(rows));
  }
  return marks;
}

function readValues(reader: ByteReader, count: number): (index: number) => number {
  const encoding = reader.u8();
  if (encoding === DECIMAL) {
    const power = POWERS[reader.u8()]!;
    const block: IntegerBlock = reader.integers(count);
    return (index) => block.at(index) / power;
  }
  if (encoding !== RAW) throw new RangeError(`column encoding ${encoding} is not known`);
  const planes = reader.take(8 * count);
  const bytes = new Uint8Array(8);
  const double = new Float64Array(bytes.buffer);
  return (index) => {
    for (let plane = 0; plane < 8; plane++) bytes[plane] = planes[plane * count + index]!;
    return double[0]!;
  };
}

function countBits(bits: Uint8Array, to: number): number {
  let count = 0;
  for (let row = 0; row < to; row++) count += (bits[row >> 3]! >> (row & 7)) & 1;
  return count;
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
