import { SluiceError } from "@sluice/core/errors.ts";
import type { OutgoingReading, OutgoingValue } from "@sluice/simulator/senders/outgoing-reading.ts";
import type { CsvRow } from "./csv-rows.ts";
import { parseTimeMicros } from "./time-cell.ts";

/** Which cells of a row mean what. */
export interface RowLayout {
  readonly timeIndex: number;
  /** Numbers are multiplied with the factor. */
  readonly columns: readonly { readonly index: number; readonly key: string; readonly factor: number }[];
}

/** What a column is called when it is sent, and what its numbers are multiplied with. */
export type ColumnMeanings = Readonly<Record<string, { readonly metric: string; readonly factor?: number }>>;

/** Finds the columns in the header; without `wanted`, all but the time. Errors name what the header has. */
export function layoutOf(
  header: readonly string[],
  timeColumn: string,
  wanted?: readonly string[],
  meanings: ColumnMeanings = {},
): RowLayout {
  const keys = wanted ?? header.filter((name) => name !== timeColumn && name !== "");
  return {
    timeIndex: columnIndex(header, timeColumn),
    columns: keys.map((key) => ({
      index: columnIndex(header, key),
      key: meanings[key]?.metric ?? key,
      factor: meanings[key]?.factor ?? 1,
    })),
  };
}

function columnIndex(header: readonly string[], name: string): number {
  const index = header.indexOf(name);
  if (index >= 0 && header.indexOf(name, index + 1) < 0) return index;
  const problem = index < 0 ? "There is no column" : "There are two columns";
  throw new SluiceError("invalid", "csv.column", `${problem} "${name}".`, {
    details: { mend: `The header has: ${header.join(", ")}` },
  });
}

/** What the device says of this row, or undefined when all its cells are gaps. */
export function toReading(row: CsvRow, layout: RowLayout): OutgoingReading | undefined {
  const values: OutgoingValue[] = [];
  for (const { index, key, factor } of layout.columns) {
    const value = parseCell(row.cells[index] ?? "");
    if (value !== undefined) values.push([key, typeof value === "number" ? value * factor : value]);
  }
  if (values.length === 0) return undefined;
  const cell = row.cells[layout.timeIndex] ?? "";
  const timeMicros = parseTimeMicros(cell);
  if (timeMicros === undefined) {
    throw new SluiceError("invalid", "csv.time", `Line ${row.lineNumber}: "${cell}" is no time.`, {
      details: { mend: "A time is RFC 3339 (UTC when it names no zone) or a number of seconds, ms or µs since 1970." },
    });
  }
  return { timeMicros, values };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Empty is a gap, a number is the double nearest to what stands there, anything else is text. A number too large for a
 * double stays text: infinity would be another value.
 */
export function parseCell(cell: string): number | string | undefined {
  const text = cell.trim();
  if (text === "") return undefined;
  if (!NUMBER.test(text)) return cell;
  const number = Number(text);
  return Number.isFinite(number) ? number : cell;
}
