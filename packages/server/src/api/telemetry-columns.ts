import { setImmediate as nextTurn } from "node:timers/promises";
import type { ProfileEntry } from "../devices/index.ts";
import type { Aggregate, BucketedSeries, Series } from "../telemetry/index.ts";

/** Rows whose extras are parsed before other work gets a turn: a few milliseconds. */
const ROWS_A_TURN = 2048;

/** One named column of an answer: the value of a row, `null` where there is none. */
export interface Column {
  readonly key: string;
  valueAt(row: number): unknown;
  /** What is wrong with the value of a row (`validity.ts`); absent where all are valid. */
  flagsAt?(row: number): number;
}

/** Rows in time order, as an answer shows them. */
export interface Table {
  readonly timesMicros: ArrayLike<number>;
  readonly columns: readonly Column[];
}

/** Every metric the device said in the range, in the order of their numbers. */
export function allColumns(series: Series, profile: ProfileEntry): Table {
  const numbers = [...series.columns.keys()].sort((a, b) => a - b);
  const columns = numbers.map((number) =>
    numericColumn(profile.metricKeys[number] ?? `#${number}`, series.columns.get(number), series.flags.get(number)),
  );
  return { timesMicros: series.timesMicros, columns };
}

/**
 * The columns that were asked for. What a row does not have as a number is looked for in its extras, because a key may be a
 * word there, or a number that came after the profile was full. Rows with none of them are left out.
 */
export async function namedColumns(series: Series, profile: ProfileEntry, keys: readonly string[]): Promise<Table> {
  const words = await wordsOf(series, keys);
  const columns = keys.map((key) => {
    const number = profile.metricNumbers.get(key);
    const values = number === undefined ? undefined : series.columns.get(number);
    const others = words.get(key);
    const valueAt = (row: number) => numberAt(values, row) ?? others?.get(row) ?? null;
    return { key, valueAt, ...flagsColumn(number === undefined ? undefined : series.flags.get(number)) };
  });
  return keepRows({ timesMicros: series.timesMicros, columns }, (row) =>
    columns.some((column) => column.valueAt(row) !== null),
  );
}

/** Key → row → what the extras say, each row's extras parsed once. */
async function wordsOf(
  series: Series,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, unknown>>> {
  const words = new Map(keys.map((key) => [key, new Map<number, unknown>()]));
  let parsed = 0;
  for (const [row, text] of series.extras) {
    if (++parsed % ROWS_A_TURN === 0) await nextTurn();
    const extras = JSON.parse(text) as Record<string, unknown>;
    for (const [key, column] of words) {
      if (Object.hasOwn(extras, key)) column.set(row, extras[key]);
    }
  }
  return words;
}

/** One metric of a bucketed answer. */
export interface BucketColumn {
  readonly key: string;
  /** Aggregate → column, named "metric.aggregate" where an answer must be flat. */
  readonly aggregates: ReadonlyMap<string, Column>;
}

export function bucketColumns(
  buckets: BucketedSeries,
  profile: ProfileEntry,
  keys: readonly string[],
  aggregates: readonly Aggregate[],
): readonly BucketColumn[] {
  return keys.map((key) => {
    const number = profile.metricNumbers.get(key);
    const columns = number === undefined ? undefined : buckets.columns.get(number);
    const named = aggregates.map(
      (aggregate) => [aggregate, numericColumn(`${key}.${aggregate}`, columns?.get(aggregate))] as const,
    );
    return { key, aggregates: new Map(named) };
  });
}

function numericColumn(key: string, values: Float64Array | undefined, flags?: Uint8Array): Column {
  return { key, valueAt: (row) => numberAt(values, row) ?? null, ...flagsColumn(flags) };
}

function flagsColumn(flags: Uint8Array | undefined): Pick<Column, "flagsAt"> {
  return flags === undefined ? {} : { flagsAt: (row) => flags[row]! };
}

function numberAt(values: Float64Array | undefined, row: number): number | undefined {
  const value = values?.[row];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function keepRows(table: Table, keep: (row: number) => boolean): Table {
  const rows: number[] = [];
  for (let row = 0; row < table.timesMicros.length; row++) if (keep(row)) rows.push(row);
  if (rows.length === table.timesMicros.length) return table;
  return {
    timesMicros: rows.map((row) => table.timesMicros[row]!),
    columns: table.columns.map(({ key, valueAt, flagsAt }) => ({
      key,
      valueAt: (row) => valueAt(rows[row]!),
      ...(flagsAt && { flagsAt: (row) => flagsAt(rows[row]!) }),
    })),
  };
}
