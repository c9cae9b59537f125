import { VALID } from "@sluice/core/telemetry/validity.ts";
import { mergeExtras } from "../read-series.ts";
import { countPresent } from "./parquet-file.ts";
import { type PartRows, type PartShape, rowsPerGroup } from "./part-rows.ts";
import type { RawReader } from "./raw-reader.ts";
import { MAX_GROUP_EXTRAS } from "./row-group-extras.ts";

/** Everything that any of the parts may hold, by the keys that the newest of them knows. */
export function shapeOfParts(readers: readonly RawReader[]): PartShape {
  const keys = new Map<number, string>();
  const flagged = new Set<number>();
  for (const { shape } of readers) {
    for (const [number, key] of shape.keys) keys.set(number, key);
    for (const number of shape.flagged) flagged.add(number);
  }
  const ascending = new Map([...keys].sort(([a], [b]) => a - b));
  return { keys: ascending, flagged, hasExtras: readers.some(({ shape }) => shape.hasExtras) };
}

/** What was read of a source. */
export interface SourceTally {
  messages: number;
  readings: number;
}

/** What went into a merge: messages in = messages out + replaced messages, and so with readings. */
export class MergeTally {
  /** In the order of the sources. */
  readonly sources: SourceTally[] = [];
  replacedMessages = 0;
  replacedReadings = 0;
}

/** A row group of a source that cannot be read. */
export class SourceUnreadable extends Error {
  /** Its place among the sources. */
  readonly source: number;

  constructor(source: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.source = source;
  }
}

/** Where a source stands: its next row. */
class Cursor {
  rows: PartRows | undefined;
  row = 0;
  readonly tally: SourceTally = { messages: 0, readings: 0 };
  private group = 0;
  private readonly reader: RawReader;
  private readonly source: number;

  constructor(reader: RawReader, source: number) {
    this.reader = reader;
    this.source = source;
  }

  /** Reads on when its row group is used up; afterwards `rows` is undefined at the end. */
  async fill(): Promise<void> {
    while (this.rows === undefined || this.row >= this.rows.length) {
      if (this.group >= this.reader.groups.length) {
        this.rows = undefined;
        return;
      }
      this.rows = await this.reader.readGroup(this.group++).catch((cause) => {
        throw new SourceUnreadable(this.source, cause);
      });
      this.row = 0;
      this.tally.messages += this.rows.length;
      for (const values of this.rows.columns.values()) this.tally.readings += countPresent(values);
    }
  }

  get deviceId(): number {
    return this.rows!.deviceIds[this.row]!;
  }

  get timeMicros(): number {
    return this.rows!.timesMicros[this.row]!;
  }
}

/**
 * The rows of several parts, given from the earliest to the latest, in one order and each (device, time) once: the later part
 * holds, metric by metric. One row group of each source is in memory.
 */
export async function* mergeParts(
  readers: readonly RawReader[],
  shape: PartShape,
  tally = new MergeTally(),
): AsyncGenerator<PartRows> {
  const cursors = readers.map((reader, i) => new Cursor(reader, i));
  tally.sources.push(...cursors.map((cursor) => cursor.tally));
  const rowsOfGroup = rowsPerGroup(shape);
  let window = new RowWindow(shape, rowsOfGroup, tally);
  await Promise.all(cursors.map((cursor) => cursor.fill()));
  for (;;) {
    const live = cursors.filter((cursor) => cursor.rows !== undefined);
    if (live.length === 0) break;
    mergeUntilOneEnds(live, window);
    if (window.isFull) {
      yield window.take();
      window = new RowWindow(shape, rowsOfGroup, tally);
    }
    await Promise.all(live.map((cursor) => cursor.fill()));
  }
  if (window.length > 0) yield window.take();
}

/** Takes rows in order until a source must read on, or the window is full. */
function mergeUntilOneEnds(cursors: readonly Cursor[], window: RowWindow): void {
  while (!window.isFull && cursors.every((cursor) => cursor.row < cursor.rows!.length)) {
    let deviceId = Number.POSITIVE_INFINITY;
    let timeMicros = Number.POSITIVE_INFINITY;
    for (const cursor of cursors) {
      const isEarlier = cursor.deviceId < deviceId || (cursor.deviceId === deviceId && cursor.timeMicros < timeMicros);
      if (!isEarlier) continue;
      ({ deviceId, timeMicros } = cursor);
    }
    window.open(deviceId, timeMicros);
    let versions = 0;
    for (const cursor of cursors) {
      if (cursor.deviceId !== deviceId || cursor.timeMicros !== timeMicros) continue;
      window.add(cursor.rows!, cursor.row, versions++ > 0);
      cursor.row++;
    }
  }
}

/** Rows on their way into a row group. */
class RowWindow {
  length = 0;
  private readonly capacity: number;
  private readonly deviceIds: Int32Array;
  private readonly timesMicros: Float64Array;
  private readonly columns = new Map<number, Float64Array>();
  private readonly flags = new Map<number, Uint8Array>();
  private readonly extras = new Map<number, string>();
  private readonly tally: MergeTally;
  private extrasCharacters = 0;

  constructor({ keys, flagged }: PartShape, capacity: number, tally: MergeTally) {
    this.capacity = capacity;
    this.tally = tally;
    this.deviceIds = new Int32Array(capacity);
    this.timesMicros = new Float64Array(capacity);
    for (const number of keys.keys()) this.columns.set(number, new Float64Array(capacity).fill(Number.NaN));
    for (const number of flagged) this.flags.set(number, new Uint8Array(capacity));
  }

  get isFull(): boolean {
    return this.length === this.capacity || this.extrasCharacters >= MAX_GROUP_EXTRAS;
  }

  open(deviceId: number, timeMicros: number): void {
    this.deviceIds[this.length] = deviceId;
    this.timesMicros[this.length] = timeMicros;
    this.length++;
  }

  /** Adds a version to the row that was opened last. */
  add(rows: PartRows, row: number, isLater: boolean): void {
    const at = this.length - 1;
    if (isLater) this.tally.replacedMessages++;
    for (const [number, values] of rows.columns) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      const column = this.columns.get(number)!;
      const marks = this.flags.get(number);
      if (marks !== undefined) {
        const mark = rows.flags.get(number)?.[row] ?? VALID;
        // The same reading sent again keeps its mark: it was judged when it came first.
        marks[at] = Object.is(column[at], value) ? marks[at]! | mark : mark;
      }
      if (isLater && !Number.isNaN(column[at]!)) this.tally.replacedReadings++;
      column[at] = value;
    }
    const text = rows.extras.get(row);
    if (text === undefined) return;
    const earlier = this.extras.get(at);
    this.extras.set(at, earlier === undefined ? text : mergeExtras(earlier, text));
    this.extrasCharacters += text.length;
  }

  take(): PartRows {
    const { length, deviceIds, timesMicros, columns, flags, extras } = this;
    const cut = <T extends Float64Array | Uint8Array>(all: ReadonlyMap<number, T>) =>
      new Map([...all].map(([number, values]) => [number, values.subarray(0, length) as T]));
    return {
      length,
      deviceIds: deviceIds.subarray(0, length),
      timesMicros: timesMicros.subarray(0, length),
      columns: cut(columns),
      flags: cut(flags),
      extras,
    };
  }
}
