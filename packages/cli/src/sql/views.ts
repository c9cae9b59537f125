/** The SQL of the views that `sluice sql` offers over the files of live parts. */
import { flagsColumn, QUARTER_MICROS, quarterColumn } from "@sluice/server/telemetry/index.ts";
import type { SqlPart } from "./sql-store.ts";

/** A part whose files lie on this machine. */
export interface LocalPart extends SqlPart {
  readonly path: string | undefined;
  readonly sidecarPath: string;
}

/**
 * Parts of which no other one may hold a version of a reading, and those of which some may: only there the later part holds,
 * which takes a sort.
 */
export function splitByOverlap(parts: readonly LocalPart[]): {
  readonly apart: LocalPart[];
  readonly overlapping: LocalPart[];
} {
  const meets = (a: SqlPart, b: SqlPart) =>
    a !== b &&
    a.minDevice <= b.maxDevice &&
    b.minDevice <= a.maxDevice &&
    a.minMicros <= b.maxMicros &&
    b.minMicros <= a.maxMicros;
  const sorted = parts.toSorted((a, b) => a.minMicros - b.minMicros);
  const overlapping = new Set<LocalPart>();
  // Those that begin before a part ends follow it at once.
  for (const [at, part] of sorted.entries()) {
    for (let next = at + 1; next < sorted.length && sorted[next]!.minMicros <= part.maxMicros; next++) {
      if (meets(part, sorted[next]!)) overlapping.add(part).add(sorted[next]!);
    }
  }
  return {
    apart: parts.filter((part) => !overlapping.has(part)),
    overlapping: parts.filter((part) => overlapping.has(part)),
  };
}

export function filesSql(paths: readonly string[]): string {
  return `read_parquet([${paths.map(text).join(", ")}], union_by_name = true)`;
}

/** Columns besides device and time, as `describe` names them. */
export interface RawColumns {
  readonly values: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly hasExtras: boolean;
}

export function rawColumns(names: readonly string[]): RawColumns {
  const all = new Set(names);
  const isFlags = (name: string) => name.endsWith(flagsColumn("")) && all.has(name.slice(0, -flagsColumn("").length));
  const values = names.filter((name) => !["device", "time", "extras"].includes(name) && !isFlags(name));
  const flags = new Set(values.filter((name) => all.has(flagsColumn(name))));
  return { values, flags, hasExtras: all.has("extras") };
}

/** Of the part that a row comes from; a part's columns are named so that no metric's is called this. */
const SEQUENCE = quoted("file_row_number");

/** One row a device and time: of each metric the newest value, whichever part has it. */
export function newestSql(parts: readonly LocalPart[], { values, flags, hasExtras }: RawColumns): string {
  const paths = parts.map(({ path }) => path!);
  const sequences = parts.map(({ sequence }) => sequence).join(", ");
  const newest = (name: string, of: string) =>
    `arg_max(${quoted(name)}, ${SEQUENCE}) filter (${quoted(of)} is not null) as ${quoted(name)}`;
  const columns = [
    ...values.flatMap((name) => [newest(name, name), ...(flags.has(name) ? [newest(flagsColumn(name), name)] : [])]),
    ...(hasExtras ? [newest("extras", "extras")] : []),
  ];
  return `select ${["device", "time", ...columns].join(", ")}
            from (select *, [${sequences}][file_index::bigint + 1]::bigint as ${SEQUENCE} from ${filesSql(paths)})
           group by device, time`;
}

/** Quarter-hours out of readings, with the columns of a sidecar. */
export function quartersOfReadingsSql(readings: string, { values, flags }: RawColumns): string {
  const columns = values.flatMap((name) => {
    const value = quoted(name);
    const isValid = flags.has(name) ? `coalesce(${quoted(flagsColumn(name))}, 0) = 0` : "true";
    const valid = `filter (${value} is not null and ${isValid})`;
    return [
      as(`count(${value})::integer`, quarterColumn(name, "count")),
      as(`(count(${value}) ${valid})::integer`, quarterColumn(name, "valid")),
      as(`sum(${value}) ${valid}`, quarterColumn(name, "sum")),
      as(`min(${value}) ${valid}`, quarterColumn(name, "min")),
      as(`max(${value}) ${valid}`, quarterColumn(name, "max")),
      as(`arg_min(${value}, time) ${valid}`, quarterColumn(name, "first")),
      as(`arg_max(${value}, time) ${valid}`, quarterColumn(name, "last")),
      as(`min(time) ${valid}`, quarterColumn(name, "firstTime")),
      as(`max(time) ${valid}`, quarterColumn(name, "lastTime")),
    ];
  });
  const bucket = `make_timestamptz(epoch_us(time) // ${QUARTER_MICROS} * ${QUARTER_MICROS})`;
  return `select ${["device", `${bucket} as bucket`, ...columns].join(", ")} from (${readings}) group by device, ${bucket}`;
}

const BESIDE_SUM = ["min", "max", "first", "last"] as const;

/** A sidecar says of a single valid reading only its value as the sum and its time as the first. */
export function sidecarSql(paths: readonly string[], names: readonly string[]): string {
  const sums = names.filter((name) => name.endsWith(":sum")).map((name) => name.slice(0, -":sum".length));
  const filled = sums.flatMap((name) => [
    ...BESIDE_SUM.map((field) =>
      as(
        `coalesce(${quoted(quarterColumn(name, field))}, ${quoted(quarterColumn(name, "sum"))})`,
        quarterColumn(name, field),
      ),
    ),
    as(
      `coalesce(${quoted(quarterColumn(name, "lastTime"))}, ${quoted(quarterColumn(name, "firstTime"))})`,
      quarterColumn(name, "lastTime"),
    ),
  ]);
  const replace = filled.length === 0 ? "" : ` replace (${filled.join(", ")})`;
  return `select *${replace} from ${filesSql(paths)}`;
}

/** Uids instead of numbers. */
export function namedSql(selects: readonly string[]): string {
  return `select d.uid as device, rows.* exclude (device)
            from (${selects.map((select) => `(${select})`).join(" union all by name ")}) rows
                 join main.devices d on d.id = rows.device`;
}

function as(expression: string, name: string): string {
  return `${expression} as ${quoted(name)}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A folder may be called what DuckDB would take for a pattern. */
export function text(value: string): string {
  return `'${value.replace(/[*?[]/g, "[$&]").replaceAll("'", "''")}'`;
}

export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
