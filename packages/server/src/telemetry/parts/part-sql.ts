/**
 * The SQL in which DuckDB children are asked for columns of parts. Every column of an answer is a DOUBLE, an INTEGER or a
 * UTINYINT without nulls (NaN stands for absent), or a VARCHAR.
 */
import { flagsColumn, QUARTER_MICROS, type QuarterField, quarterColumn } from "./part-schema.ts";

/** A file and what is in it. */
export interface PartFile {
  /** On this machine. */
  readonly path: string;
  readonly columns: PartColumns;
}

export interface PartColumns {
  /** Metric number → name of its column. */
  readonly metrics: ReadonlyMap<number, string>;
  /** Every column that is there. */
  readonly names: ReadonlySet<string>;
}

/** From (inclusive) to (exclusive), in microseconds. */
export type Window = readonly [fromMicros: number, toMicros: number];

/** What is wanted of one file. */
export interface FileWindows {
  readonly file: PartFile;
  readonly windows: readonly Window[];
  /** Nothing of the file is outside of these, both inclusive. */
  readonly minMicros: number;
  readonly maxMicros: number;
}

/** All devices when undefined. */
export type Devices = readonly number[] | undefined;

/**
 * Readings out of files: number of the file, device, time, then value and flags of each metric, then extras if asked. The rows
 * of a file follow one another as they lie in it.
 */
export function rowsSql(
  sources: readonly FileWindows[],
  deviceIds: Devices,
  metricNumbers: readonly number[],
  withExtras: boolean,
): string {
  return unionOf(sources, "time", deviceIds, (columns) => {
    const { metrics, names } = columns;
    const values = metricNumbers.flatMap((metric) => {
      const name = metrics.get(metric);
      return [
        name === undefined || !names.has(name) ? ABSENT : double(name),
        name === undefined || !names.has(flagsColumn(name))
          ? "0::utinyint"
          : `coalesce(${quoted(flagsColumn(name))}, 0)::utinyint`,
      ];
    });
    const extras = withExtras ? [names.has("extras") ? "extras" : "null::varchar"] : [];
    return ["device", "epoch_us(time)::double", ...values, ...extras];
  });
}

/** The columns that `rowsSql` reads. */
export function columnsOfRows(
  { metrics }: PartColumns,
  metricNumbers: readonly number[],
  withExtras: boolean,
): string[] {
  const names = metricNumbers.map((metric) => metrics.get(metric)).filter((name) => name !== undefined);
  return ["device", "time", ...names, ...names.map(flagsColumn), ...(withExtras ? ["extras"] : [])];
}

/** The columns that `quartersSql` and `bucketsSql` read. */
export function columnsOfQuarters(
  { metrics }: PartColumns,
  metricNumbers: readonly number[],
  fields: readonly QuarterField[],
): string[] {
  const names = metricNumbers.map((metric) => metrics.get(metric)).filter((name) => name !== undefined);
  const read = new Set<QuarterField>([...fields, ...fields.flatMap((field) => READ_WITH[field] ?? [])]);
  return ["device", "bucket", ...names.flatMap((name) => [...read].map((field) => quarterColumn(name, field)))];
}

/** A field that another stands for where there is one valid reading, or by which it is picked. */
const READ_WITH: Readonly<Partial<Record<QuarterField, readonly QuarterField[]>>> = {
  min: ["sum"],
  max: ["sum"],
  first: ["sum", "firstTime"],
  last: ["sum", "firstTime", "lastTime"],
  lastTime: ["firstTime"],
};

/** The quarter-hours in which some devices have readings: number of the file, beginning. */
export function startsSql(sources: readonly FileWindows[], deviceIds: Devices): string {
  const selected = unionOf(sources, "bucket", deviceIds, () => ["epoch_us(bucket)::double as start"]);
  return `select distinct file, start from (${selected}) order by file, start`;
}

/** Quarter-hours out of files: number of the file, device, beginning, then the fields of each metric. */
export function quartersSql(
  sources: readonly FileWindows[],
  deviceIds: Devices,
  metricNumbers: readonly number[],
  fields: readonly QuarterField[],
): string {
  return unionOf(sources, "bucket", deviceIds, (columns) => {
    const values = metricNumbers.flatMap((metric) => fields.map((field) => fieldOf(columns, metric, field)));
    return ["device", "epoch_us(bucket)::double", ...values];
  });
}

/** A folder called "a=b" is no column. */
const OPTIONS = "hive_partitioning = false";

/** All devices between two. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export function isSpan(devices: NonNullable<Devices> | Span): devices is Span {
  return "first" in devices;
}

/** Of which devices `bucketsSql` reads rows. */
export function foldedOf(deviceIds: Devices): Devices | Span {
  if (deviceIds === undefined || !areDense(deviceIds)) return deviceIds;
  const [first, last] = extentOf(deviceIds);
  return { first, last };
}

/** Files that are asked for the same expressions are read in one go, which is far cheaper than one by one. */
function unionOf(
  sources: readonly FileWindows[],
  timeColumn: string,
  deviceIds: Devices | Span,
  expressionsOf: (columns: PartColumns) => readonly string[],
): string {
  const alike = Map.groupBy(
    sources.map((source, number) => ({ ...source, number })),
    ({ file }) => expressionsOf(file.columns).join(", "),
  );
  const selects = [...alike].map(([expressions, files]) => {
    const paths = files.map(({ file }) => fileName(file.path)).join(", ");
    const numbers = files.map(({ number }) => number).join(", ");
    const where = whereOf(timeColumn, deviceIds, files);
    return `(select [${numbers}][file_index::bigint + 1]::integer as file, ${expressions}
               from read_parquet([${paths}], ${OPTIONS}) where ${where})`;
  });
  return selects.join(" union all ");
}

function whereOf(timeColumn: string, deviceIds: Devices | Span, sources: readonly FileWindows[]): string {
  const all = sources.flatMap(({ windows }) => windows);
  const span = spanOf(all);
  const conditions = [...ofDevices(deviceIds), between(timeColumn, span)];
  // A condition by file costs every row, and most files lie in their windows as a whole.
  const ofFiles = sources.map((source) =>
    isWithin(source, span) ? "true" : source.windows.map((window) => between(timeColumn, window)).join(" or "),
  );
  const isOne = ofFiles.every((condition) => condition === ofFiles[0]);
  if (isOne) conditions.push(`(${ofFiles[0]})`);
  else conditions.push(`case file_index ${ofFiles.map((of, i) => `when ${i} then (${of})`).join(" ")} end`);
  return conditions.join(" and ");
}

/** Whether a file has nothing in the span that is not in its windows. */
function isWithin({ windows, minMicros, maxMicros }: FileWindows, span: Window): boolean {
  const first = Math.max(span[0], Math.floor(minMicros / QUARTER_MICROS) * QUARTER_MICROS);
  const last = Math.min(span[1] - 1, maxMicros);
  return windows.some(([from, to]) => from <= first && to > last);
}

function spanOf(windows: readonly Window[]): Window {
  let [first, last]: Window = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [from, to] of windows) {
    if (from < first) first = from;
    if (to > last) last = to;
  }
  return [first, last];
}

/** So many quarter-hours each are the buckets from one on, up to the next run. */
export interface BucketRun {
  /** Counted from 1970. */
  readonly fromQuarter: number;
  readonly firstBucket: number;
  readonly quartersPerBucket: number;
}

/**
 * Quarter-hours folded into buckets by DuckDB itself, where no two sources overlap: device, number of the bucket, then the
 * fields of each metric, sorted by the first two. Device and bucket are one number while they are grouped, which takes a fifth
 * less than two.
 */
export function bucketsSql(
  sources: readonly FileWindows[],
  deviceIds: Devices,
  metricNumbers: readonly number[],
  fields: readonly QuarterField[],
  { runs, count }: BucketRuns,
): string {
  const selected = unionOf(sources, "bucket", foldedOf(deviceIds), (columns) => [
    "device",
    `epoch_us(bucket) // ${QUARTER_MICROS} as quarter`,
    ...metricNumbers.flatMap((metric) =>
      fields.map((field) => `${nullableFieldOf(columns, metric, field)} as ${alias(metric, field)}`),
    ),
  ]);
  const folds = metricNumbers.flatMap((metric) =>
    fields.map((field) => `${FOLDS[field]((of) => alias(metric, of))} as folded_${alias(metric, field)}`),
  );
  const names = metricNumbers.flatMap((metric) => fields.map((field) => `folded_${alias(metric, field)}`));
  return `select (place // ${count})::integer as device, (place % ${count})::integer as bucket, ${names.join(", ")}
            from (select device::bigint * ${count} + (${bucketExpression(runs)}) as place, ${folds.join(", ")}
                    from (${selected}) group by 1)
           ${afterwards(deviceIds)} order by place`;
}

/** Buckets, and how many there are. */
export interface BucketRuns {
  readonly runs: readonly BucketRun[];
  readonly count: number;
}

/** Of devices that lie close together all between are folded: leaving rows out one by one takes longer. */
function areDense(deviceIds: readonly number[]): boolean {
  const [first, last] = extentOf(deviceIds);
  return deviceIds.length > 3 && deviceIds.length * 4 >= last - first + 1;
}

function extentOf(values: readonly number[]): [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < first) first = value;
    if (value > last) last = value;
  }
  return [first, last];
}

function afterwards(deviceIds: Devices): string {
  if (deviceIds === undefined || !areDense(deviceIds)) return "";
  const [first, last] = extentOf(deviceIds);
  const isAll = new Set(deviceIds).size === last - first + 1;
  return isAll ? "" : `where device in (${deviceIds.join(", ")})`;
}

function bucketExpression(runs: readonly BucketRun[]): string {
  const cases = runs.toReversed().map(({ fromQuarter, firstBucket, quartersPerBucket }) => {
    return `when quarter >= ${fromQuarter} then ${firstBucket} + (quarter - ${fromQuarter}) // ${quartersPerBucket}`;
  });
  return `case ${cases.join(" ")} end`;
}

const ABSENT = "'nan'::double";
type Fold = (name: (field: QuarterField) => string) => string;
/** Over columns that are null where there is no valid reading. */
const FOLDS: Readonly<Record<QuarterField, Fold>> = {
  // A sum of integers is one of 128 bits, which takes longer.
  count: (name) => `coalesce(sum(${name("count")}::double), 0)`,
  valid: (name) => `coalesce(sum(${name("valid")}::double), 0)`,
  sum: (name) => `coalesce(sum(${name("sum")}), ${ABSENT})`,
  min: (name) => `coalesce(min(${name("min")}), ${ABSENT})`,
  max: (name) => `coalesce(max(${name("max")}), ${ABSENT})`,
  first: (name) => `coalesce(arg_min(${name("first")}, ${name("firstTime")}), ${ABSENT})`,
  last: (name) => `coalesce(arg_max(${name("last")}, ${name("lastTime")}), ${ABSENT})`,
  firstTime: (name) => `coalesce(min(${name("firstTime")})::double, ${ABSENT})`,
  lastTime: (name) => `coalesce(max(${name("lastTime")})::double, ${ABSENT})`,
};

function alias(metric: number, field: QuarterField): string {
  return `${field}_${metric}`;
}

/** Without nulls: counts are 0 and the others NaN where there is none. */
function fieldOf(columns: PartColumns, metric: number, field: QuarterField): string {
  return `coalesce((${nullableFieldOf(columns, metric, field)})::double, ${isCount(field) ? "0" : ABSENT})`;
}

function isCount(field: QuarterField): boolean {
  return field === "count" || field === "valid";
}

function nullableFieldOf({ metrics, names }: PartColumns, metric: number, field: QuarterField): string {
  const name = metrics.get(metric);
  if (name === undefined || !names.has(quarterColumn(name, field))) return isCount(field) ? "0" : "null::double";
  const column = (of: QuarterField) => quoted(quarterColumn(name, of));
  // Of a single valid reading only its value as the sum and its time as the first are written.
  if (field === "lastTime") return `epoch_us(coalesce(${column("lastTime")}, ${column("firstTime")}))`;
  if (field === "firstTime") return `epoch_us(${column("firstTime")})`;
  return isCount(field) || field === "sum" ? column(field) : `coalesce(${column(field)}, ${column("sum")})`;
}

function double(column: string): string {
  return `coalesce(${quoted(column)}::double, ${ABSENT})`;
}

function ofDevices(deviceIds: Devices | Span): string[] {
  if (deviceIds === undefined) return [];
  if (isSpan(deviceIds)) return [`device between ${deviceIds.first} and ${deviceIds.last}`];
  return [deviceIds.length === 1 ? `device = ${deviceIds[0]}` : `device in (${deviceIds.join(", ")})`];
}

function between(column: string, [from, to]: Window): string {
  return `(${column} >= make_timestamptz(${from}) and ${column} < make_timestamptz(${to}))`;
}

/** Every row of every column, for what is wrong with a file to be found. */
export function readThroughSql(path: string): string {
  return `select count(columns(*))::double from read_parquet(${fileName(path)}, ${OPTIONS})`;
}

/** A folder may be called what DuckDB would take for a pattern. */
function fileName(path: string): string {
  return `'${path.replace(/[*?[]/g, "[$&]").replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
