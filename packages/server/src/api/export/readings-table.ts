import { faultsOf } from "@sluice/core/telemetry/validity.ts";
import type { ProfileEntry } from "../../devices/index.ts";
import type { DeviceSeries, Series, TelemetryReader } from "../../telemetry/index.ts";
import { type ExportColumn, type ExportPiece, type ExportTable, PieceMaker } from "./export-table.ts";

/** Devices of one profile, in the order of their numbers. */
export interface ExportedProfile {
  readonly profile: ProfileEntry;
  readonly uids: ReadonlyMap<number, string>;
}

export interface ReadingsQuery {
  /** Keys of metrics or of what came besides numbers; all when absent. */
  readonly keys: readonly string[] | undefined;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly organizationId?: number;
  /** Nobody waits for the rest any more. */
  readonly signal?: AbortSignal | undefined;
}

type Row = readonly (string | number | null)[];

const LONG_COLUMNS: readonly ExportColumn[] = [
  { name: "device", kind: "text" },
  { name: "time", kind: "time" },
  { name: "metric", kind: "text" },
  { name: "value", kind: "number" },
  { name: "flags", kind: "text" },
  { name: "text", kind: "text" },
];

/**
 * A row a reading: device, time, metric, value, flags (what is wrong with it, in words) and, of what is no number, its JSON as
 * `text`. Devices of several profiles fit into one such table.
 */
export function longTable(
  telemetry: TelemetryReader,
  profiles: readonly ExportedProfile[],
  query: ReadingsQuery,
): ExportTable {
  const rowsOf = (exported: ExportedProfile, found: DeviceSeries) => longRows(exported, found, query.keys);
  return { columns: LONG_COLUMNS, pieces: () => gather(telemetry, profiles, query, LONG_COLUMNS.length, rowsOf) };
}

/**
 * A row a message: device, time, a column a metric, flags ("ph: range; temp: spike") and what came besides numbers as JSON.
 * Of one profile.
 */
export function wideTable(telemetry: TelemetryReader, exported: ExportedProfile, query: ReadingsQuery): ExportTable {
  const { metricKeys, metricNumbers } = exported.profile;
  const keys = query.keys?.filter((key) => metricNumbers.has(key)) ?? metricKeys.filter((key) => key !== undefined);
  const numbers = keys.map((key) => metricNumbers.get(key)!);
  const columns: ExportColumn[] = [
    { name: "device", kind: "text" },
    { name: "time", kind: "time" },
    ...keys.map((key) => ({ name: columnName(key, keys), kind: "number" as const })),
    { name: "flags", kind: "text" },
    { name: "extras", kind: "text" },
  ];
  const rowsOf = (of: ExportedProfile, found: DeviceSeries) => wideRows(of, found, numbers, query.keys);
  return { columns, pieces: () => gather(telemetry, [exported], query, columns.length, rowsOf) };
}

const RESERVED = ["device", "time", "flags", "extras"];

/** Readers such as DuckDB know no case in names. */
function columnName(key: string, keys: readonly string[]): string {
  const lower = key.toLowerCase();
  const at = keys.indexOf(key);
  const isTaken = RESERVED.includes(lower) || keys.findIndex((other) => other.toLowerCase() === lower) !== at;
  return isTaken ? `${key}#${at}` : key;
}

async function* gather(
  telemetry: TelemetryReader,
  profiles: readonly ExportedProfile[],
  { keys, ...range }: ReadingsQuery,
  width: number,
  rowsOf: (exported: ExportedProfile, found: DeviceSeries) => Iterable<Row>,
): AsyncGenerator<ExportPiece> {
  const maker = new PieceMaker(width);
  for (const exported of profiles) {
    const { profile, uids } = exported;
    const metricNumbers = keys?.map((key) => profile.metricNumbers.get(key)).filter((number) => number !== undefined);
    const query = { profileId: profile.id, deviceIds: [...uids.keys()], metricNumbers, ...range };
    for await (const found of telemetry.each(query)) {
      for (const row of rowsOf(exported, found)) {
        const piece = maker.add(row);
        if (piece !== undefined) yield piece;
      }
    }
  }
  const rest = maker.take();
  if (rest !== undefined) yield rest;
}

function* longRows(
  { profile, uids }: ExportedProfile,
  { deviceId, series }: DeviceSeries,
  keys: readonly string[] | undefined,
): Generator<Row> {
  const uid = uids.get(deviceId)!;
  const numbers = [...series.columns.keys()].sort((a, b) => a - b);
  const metrics = numbers.map((number) => ({
    key: profile.metricKeys[number] ?? `#${number}`,
    values: series.columns.get(number)!,
    flags: series.flags.get(number),
  }));
  for (const [row, micros] of series.timesMicros.entries()) {
    for (const { key, values, flags } of metrics) {
      if (!Number.isNaN(values[row]))
        yield [uid, micros, key, values[row]!, faultsOf(flags?.[row] ?? 0).join(" "), null];
    }
    for (const [key, word] of wordsOf(series, row, keys)) yield [uid, micros, key, null, "", JSON.stringify(word)];
  }
}

function* wideRows(
  { profile, uids }: ExportedProfile,
  { deviceId, series }: DeviceSeries,
  numbers: readonly number[],
  keys: readonly string[] | undefined,
): Generator<Row> {
  const uid = uids.get(deviceId)!;
  const columns = numbers.map((number) => series.columns.get(number));
  for (const [row, micros] of series.timesMicros.entries()) {
    const words = wordsOf(series, row, keys);
    const values = columns.map((column) => (column === undefined || Number.isNaN(column[row]) ? null : column[row]!));
    if (words.length === 0 && values.every((value) => value === null) && keys !== undefined) continue;
    const flags = [...series.flags].flatMap(([number, marks]) => {
      const faults = faultsOf(marks[row]!);
      return faults.length === 0 ? [] : [`${profile.metricKeys[number]}: ${faults.join(" ")}`];
    });
    const extras = words.length === 0 ? null : JSON.stringify(Object.fromEntries(words));
    yield [uid, micros, ...values, flags.join("; "), extras];
  }
}

function wordsOf({ extras }: Series, row: number, keys: readonly string[] | undefined): [string, unknown][] {
  const text = extras.get(row);
  if (text === undefined) return [];
  const words = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return keys === undefined ? words : words.filter(([key]) => keys.includes(key));
}
