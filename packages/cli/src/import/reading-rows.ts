import { SluiceError } from "@sluice/core/errors.ts";
import { COMPRESSORS, PARSERS } from "@sluice/server/telemetry/index.ts";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { CsvFile } from "../replay/csv-rows.ts";
import { parseTimeMicros } from "../replay/time-cell.ts";

/** Names of the columns of the long form. */
export interface ColumnsOfReadings {
  readonly device: string;
  readonly time: string;
  readonly metric: string;
  readonly value: string;
  readonly text: string;
}

export interface ReadingRow {
  readonly device: string;
  readonly timeMicros: number;
  readonly metric: string;
  readonly value: number | undefined;
  /** JSON of what is no number. */
  readonly text: string | undefined;
}

const ROWS_PER_READ = 16_384;

/** The rows of a long file, in its order. Throws `import.column` and `import.row`, with the row's number. */
export function readRows(file: string, columns: ColumnsOfReadings): AsyncGenerator<ReadingRow> {
  return file.endsWith(".parquet") ? readParquet(file, columns) : readCsv(file, columns);
}

async function* readCsv(file: string, columns: ColumnsOfReadings): AsyncGenerator<ReadingRow> {
  let places: Record<keyof ColumnsOfReadings, number> | undefined;
  for await (const { cells, lineNumber } of new CsvFile(file).rows()) {
    if (places === undefined) {
      places = placesOf(cells, columns);
      continue;
    }
    const { device, time, metric, value, text } = places;
    yield rowOf(
      `line ${lineNumber}`,
      cells[device],
      parseTimeMicros(cells[time]!),
      cells[metric],
      cells[value],
      cells[text],
    );
  }
}

async function* readParquet(file: string, columns: ColumnsOfReadings): AsyncGenerator<ReadingRow> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer, { parsers: PARSERS });
  placesOf(
    metadata.schema.map(({ name }) => name),
    columns,
  );
  const total = Number(metadata.num_rows);
  for (let from = 0; from < total; from += ROWS_PER_READ) {
    const rowEnd = Math.min(total, from + ROWS_PER_READ);
    const read = { file: buffer, metadata, rowStart: from, rowEnd, compressors: COMPRESSORS, parsers: PARSERS };
    for (const [at, row] of (await parquetReadObjects(read)).entries()) {
      const time = row[columns.time];
      const micros = typeof time === "bigint" ? Number(time) : parseTimeMicros(String(time));
      const cell = (name: string) => (row[name] === null || row[name] === undefined ? "" : numberText(row[name]));
      const { device, metric, value, text } = columns;
      yield rowOf(`row ${from + at + 1}`, cell(device), micros, cell(metric), cell(value), cell(text));
    }
  }
}

function numberText(value: unknown): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A file without words has no column of texts. */
function placesOf(names: readonly string[], columns: ColumnsOfReadings): Record<keyof ColumnsOfReadings, number> {
  const place = (key: keyof ColumnsOfReadings) => {
    const at = names.indexOf(columns[key]);
    if (at >= 0 || key === "text") return at;
    const message = `There is no column "${columns[key]}": name it with --${key}-column. There are ${names.join(", ")}.`;
    throw new SluiceError("invalid", "import.column", message);
  };
  return {
    device: place("device"),
    time: place("time"),
    metric: place("metric"),
    value: place("value"),
    text: place("text"),
  };
}

function rowOf(
  where: string,
  device: string | undefined,
  timeMicros: number | undefined,
  metric: string | undefined,
  value: string | undefined,
  text: string | undefined,
): ReadingRow {
  const number = value === undefined || value === "" ? undefined : Number(value);
  const word = text === undefined || text === "" ? undefined : text;
  const isGood =
    device && metric && timeMicros !== undefined && !Number.isNaN(number) && (number ?? word) !== undefined;
  if (isGood) return { device, timeMicros, metric, value: number, text: word };
  const message = `The ${where} is no reading: it needs a device, a time, a metric, and a number or the JSON of a word.`;
  throw new SluiceError("invalid", "import.row", message);
}
