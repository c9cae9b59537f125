import type { SchemaElement } from "hyparquet";
import type { PartShape } from "./part-rows.ts";

/** Key-value metadata of both files, JSON: metric number → its key when the file was written. */
export const METRICS_METADATA = "sluice.metrics";
/** Metric number → name of its column. It is the key, unless another column has that name already. */
export const COLUMNS_METADATA = "sluice.columns";

/**
 * What a sidecar says of each metric and quarter-hour, in the order of its columns. Of a single valid reading, `sum` and
 * `firstTime` say everything, and min, max, first, last and lastTime are null: of devices that report every quarter-hour a
 * sidecar would otherwise take four times as much as their readings.
 */
export const QUARTER_FIELDS = [
  "count",
  "valid",
  "sum",
  "min",
  "max",
  "first",
  "last",
  "firstTime",
  "lastTime",
] as const;
export type QuarterField = (typeof QUARTER_FIELDS)[number];

export const QUARTER_MICROS = 15 * 60 * 1_000_000;

/** Our own columns, and those that DuckDB has of every file. */
const RESERVED = ["device", "time", "bucket", "extras", "filename", "file_index", "file_row_number", "rowid"];

/**
 * What the columns of metrics are called: as their keys, so that any other tool finds them, or `key#number` where that would be
 * another column's name. Readers such as DuckDB know no case in names, so two that differ only in case are one.
 */
export function columnNames({ keys }: PartShape): Map<number, string> {
  const taken = new Set(RESERVED);
  const names = new Map<number, string>();
  for (const [number, key] of keys) {
    let name = key;
    while (!isFree(taken, name)) name = `${name}#${number}`;
    taken.add(name.toLowerCase()).add(flagsColumn(name).toLowerCase());
    names.set(number, name);
  }
  return names;
}

function isFree(taken: ReadonlySet<string>, key: string): boolean {
  return !taken.has(key.toLowerCase()) && !taken.has(flagsColumn(key).toLowerCase());
}

export function flagsColumn(name: string): string {
  return `${name}!flags`;
}

export function quarterColumn(name: string, field: QuarterField): string {
  return `${name}:${field}`;
}

const TIMESTAMP = {
  type: "INT64",
  converted_type: "TIMESTAMP_MICROS",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
} as const satisfies Partial<SchemaElement>;

export function rawSchema(shape: PartShape): SchemaElement[] {
  const columns: SchemaElement[] = [
    { name: "device", type: "INT32", repetition_type: "REQUIRED" },
    { name: "time", ...TIMESTAMP, repetition_type: "REQUIRED" },
  ];
  for (const [number, name] of columnNames(shape)) {
    columns.push({ name, type: "DOUBLE", repetition_type: "OPTIONAL" });
    if (shape.flagged.has(number))
      columns.push({ name: flagsColumn(name), type: "INT32", repetition_type: "REQUIRED" });
  }
  if (shape.hasExtras) {
    columns.push({ name: "extras", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" });
  }
  return withRoot(columns);
}

export function sidecarSchema(shape: PartShape): SchemaElement[] {
  const columns: SchemaElement[] = [
    { name: "device", type: "INT32", repetition_type: "REQUIRED" },
    { name: "bucket", ...TIMESTAMP, repetition_type: "REQUIRED" },
  ];
  for (const name of columnNames(shape).values()) {
    for (const field of QUARTER_FIELDS) columns.push({ name: quarterColumn(name, field), ...quarterType(field) });
  }
  return withRoot(columns);
}

function quarterType(field: QuarterField): Omit<SchemaElement, "name"> {
  if (field === "count" || field === "valid") return { type: "INT32", repetition_type: "REQUIRED" };
  if (field === "firstTime" || field === "lastTime") return { ...TIMESTAMP, repetition_type: "OPTIONAL" };
  return { type: "DOUBLE", repetition_type: "OPTIONAL" };
}

function withRoot(columns: SchemaElement[]): SchemaElement[] {
  return [{ name: "schema", num_children: columns.length }, ...columns];
}

export function partMetadata(shape: PartShape): { key: string; value: string }[] {
  const object = (names: ReadonlyMap<number, string>) => JSON.stringify(Object.fromEntries(names));
  return [
    { key: METRICS_METADATA, value: object(shape.keys) },
    { key: COLUMNS_METADATA, value: object(columnNames(shape)) },
  ];
}
