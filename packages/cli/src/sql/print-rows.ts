import type { Output } from "../command.ts";
import { csvLine } from "../csv-line.ts";

/** A person reads no more; --csv and --json give all. */
export const MAX_TABLE_ROWS = 200;
const MAX_CELL_CHARACTERS = 60;

/** Rows of an answer, a piece at a time; values as JSON has them. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly (readonly unknown[])[]>;
}

export async function printCsv({ columns, rows }: Answer, out: Output): Promise<void> {
  out.write(csvLine(columns));
  for await (const some of rows) out.write(some.map((row) => csvLine(row.map(plain))).join(""));
}

/** An array of objects; of columns with one name the last holds. */
export async function printJson({ columns, rows }: Answer, out: Output): Promise<void> {
  let separator = "[";
  for await (const some of rows) {
    for (const row of some) {
      out.write(`${separator}${JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]])))}`);
      separator = ",\n";
    }
  }
  out.write(separator === "[" ? "[]\n" : "]\n");
}

export async function printTable({ columns, rows }: Answer, out: Output): Promise<void> {
  const shown: string[][] = [];
  let count = 0;
  for await (const some of rows) {
    for (const row of some) if (shown.length < MAX_TABLE_ROWS) shown.push(row.map((value) => cut(plain(value))));
    count += some.length;
  }
  const widths = columns.map((name, at) => Math.max(name.length, ...shown.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("  ")
      .trimEnd()}\n`;
  out.write(line(columns) + line(widths.map((width) => "-".repeat(width))) + shown.map(line).join(""));
  const more = count > shown.length ? ` (${shown.length} shown; --csv or --json gives all)` : "";
  out.write(`${count} ${count === 1 ? "row" : "rows"}${more}\n`);
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function cut(text: string): string {
  const line = text.replaceAll(/[\r\n\t]+/g, " ");
  return line.length > MAX_CELL_CHARACTERS ? `${line.slice(0, MAX_CELL_CHARACTERS - 1)}…` : line;
}
