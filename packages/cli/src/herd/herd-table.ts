import type { HerdReport } from "./run-herd.ts";
import type { SideReport } from "./side.ts";

const COLUMNS: readonly (readonly [head: string, of: (side: SideReport) => string])[] = [
  ["", ({ name }) => name],
  ["readings", ({ readingsSent }) => count(readingsSent)],
  ["starts sent", ({ startsSent }) => count(startsSent)],
  ["ON edges", ({ onEdges }) => count(onEdges)],
  ["longest on", ({ longestOnMs }) => `${(longestOnMs / 1000).toFixed(2)} s`],
  ["violations", ({ violations }) => count(violations.length)],
];

/** For people: a line for each side, by its pump's own log, and what it comes to. */
export function herdTable(report: HerdReport): string {
  const rows = [COLUMNS.map(([head]) => head), ...report.sides.map((side) => COLUMNS.map(([, of]) => of(side)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("   "),
  );
  return `${lines.join("\n")}\n\n${sentence(report)}\n`;
}

function sentence({ sides, runMs, cooldownMs }: HerdReport): string {
  const due = `One run of ${runMs / 1000} s was due, and then ${cooldownMs / 60_000} minutes of pause; the pump's first answer was lost on the way.`;
  const { onEdges } = sides.at(-1)!;
  const started = `Sluice started the pump ${onEdges === 1 ? "once" : `${count(onEdges)} times`}`;
  const others = sides.slice(0, -1).map((side) => count(side.onEdges));
  return `${due}\n${started}, the others ${others.slice(0, -1).join(", ")} and ${others.at(-1)} times, by the pumps' own logs.`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
