/** Cuts the answer of a statement over several files into one answer a file. */
import type { DescribedFile } from "./described-file.ts";
import type { DuckResult } from "./duck-pool.ts";
import type { PartRows } from "./part-rows.ts";
import { flagsColumn, QUARTER_FIELDS, type QuarterField } from "./part-schema.ts";
import { type QuarterColumns, QuarterRows } from "./quarter-rows.ts";

interface Run {
  readonly from: number;
  readonly to: number;
}

/** The rows of a file follow one another, but files come in any order. */
export function runsOf(fileOfRow: Int32Array, rows: number, files: number): Run[] {
  const runs: Run[] = Array.from({ length: files }, () => ({ from: 0, to: 0 }));
  for (let from = 0; from < rows; ) {
    const file = fileOfRow[from]!;
    const to = endOfRun(fileOfRow, file, from, rows);
    runs[file] = { from, to };
    from = to;
  }
  return runs;
}

function endOfRun(fileOfRow: Int32Array, file: number, from: number, rows: number): number {
  let low = from + 1;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fileOfRow[middle] === file) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Views of the answer: nothing is looked at that may be long. */
export function splitRows(
  { columns: [file, device, time, ...rest], rows }: DuckResult,
  files: readonly DescribedFile[],
  metrics: readonly number[],
  withExtras: boolean,
): PartRows[] {
  return runsOf(file as Int32Array, rows, files.length).map(({ from, to: end }, i) => {
    const { metrics: ofFile, names } = files[i]!.columns;
    const values = new Map<number, Float64Array>();
    const flags = new Map<number, Uint8Array>();
    metrics.forEach((metric, m) => {
      const name = ofFile.get(metric);
      if (name === undefined || end === from) return;
      values.set(metric, (rest[m * 2] as Float64Array).subarray(from, end));
      if (names.has(flagsColumn(name))) flags.set(metric, (rest[m * 2 + 1] as Uint8Array).subarray(from, end));
    });
    const extras = new Map<number, string>();
    if (withExtras && names.has("extras")) {
      const texts = rest.at(-1) as readonly (string | null)[];
      for (let row = from; row < end; row++) if (texts[row] !== null) extras.set(row - from, texts[row]!);
    }
    return {
      length: end - from,
      deviceIds: (device as Int32Array).subarray(from, end),
      timesMicros: (time as Float64Array).subarray(from, end),
      columns: values,
      flags,
      extras,
    };
  });
}

export function splitQuarters(
  { columns: [file, device, start, ...rest], rows }: DuckResult,
  files: number,
  metrics: readonly number[],
  fields: readonly QuarterField[],
): QuarterRows[] {
  return runsOf(file as Int32Array, rows, files).map(({ from, to: end }) => {
    const values = rest.map((column) => (column as Float64Array).subarray(from, end));
    return new QuarterRows(
      (device as Int32Array).subarray(from, end),
      (start as Float64Array).subarray(from, end),
      fieldsByMetric(values, metrics, fields),
    );
  });
}

/**
 * Fields that were not asked for are without values; counts that were not say only whether there is any, by the first field
 * that was.
 */
export function fieldsByMetric(
  values: readonly Float64Array[],
  metrics: readonly number[],
  fields: readonly QuarterField[],
): Map<number, QuarterColumns> {
  const none = new Float64Array(values[0]?.length ?? 0).fill(Number.NaN);
  return new Map(
    metrics.map((metric, m) => {
      const columns = Object.fromEntries(QUARTER_FIELDS.map((field) => [field, none])) as Record<
        QuarterField,
        Float64Array
      >;
      fields.forEach((field, f) => {
        columns[field] = values[m * fields.length + f]!;
      });
      if (!fields.includes("valid")) columns.valid = columns[fields[0]!].map((value) => (Number.isNaN(value) ? 0 : 1));
      if (!fields.includes("count")) columns.count = columns.valid;
      return [metric, columns];
    }),
  );
}
