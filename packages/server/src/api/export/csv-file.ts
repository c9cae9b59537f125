import { setImmediate as nextTurn } from "node:timers/promises";
import { csvCell } from "../../platform/csv.ts";
import { formatTime } from "../query-time.ts";
import { formatLocalTime } from "../reading-view.ts";
import type { ExportColumn, ExportTable } from "./export-table.ts";

/** The last line where it is asked for: a file without it was cut short. */
export function csvEndLine(rows: number): string {
  return `# end of ${rows} rows\r\n`;
}

/** RFC 4180, with a header line. Times are in UTC, or in a zone with its offset. */
export async function* csvFile(
  table: ExportTable,
  zone: string | undefined,
  hasEndLine: boolean,
): AsyncGenerator<string> {
  const cells = table.columns.map((column) => cellOf(column, zone));
  let rows = 0;
  // The header goes with the first rows: what fails before them is told as a problem.
  let text = `${table.columns.map(({ name }) => csvCell(name)).join(",")}\r\n`;
  for await (const piece of table.pieces()) {
    for (let row = 0; row < piece.rows; row++) {
      let line = "";
      for (let column = 0; column < cells.length; column++) {
        line += (column === 0 ? "" : ",") + cells[column]!(piece.columns[column]![row]!);
      }
      text += `${line}\r\n`;
    }
    rows += piece.rows;
    yield text;
    text = "";
    await nextTurn();
  }
  yield text + (hasEndLine ? csvEndLine(rows) : "");
}

function cellOf({ kind }: ExportColumn, zone: string | undefined): (value: string | number | null) => string {
  if (kind !== "time") return csvCell;
  return (micros) => (zone === undefined ? formatTime(Number(micros)) : formatLocalTime(Number(micros), zone));
}
