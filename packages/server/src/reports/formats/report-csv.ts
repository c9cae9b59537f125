import type { CompletenessContent, ReportContent, TableContent } from "@sluice/core/reports/report-content.ts";
import { csvCell, csvText } from "../../platform/csv.ts";

const HEAD = ["site", "from", "until", "device", "name", "metric", "unit"] as const;
const TAIL = ["expected", "share"] as const;

/**
 * RFC 4180, for programs: a row a device and metric of the report's tables, in full precision, with what was expected of it. In
 * English and with decimal points, whatever the language of the report.
 */
export function formatReportCsv({ site, period, sections }: ReportContent): string {
  const tables = sections.filter((section): section is TableContent => section.kind === "table");
  const completeness = sections.find((section) => section.kind === "completeness");
  const expectations = expectationsOf(completeness);
  const aggregates = [...new Set(tables.flatMap((table) => table.aggregates))];
  const lines = [[...HEAD, ...aggregates, ...TAIL].join(",")];
  const place = [site.slug, period.from, period.until];
  for (const { rows, columns } of tables) {
    for (const { device, name, values } of rows) {
      for (const { metric, unit } of columns) {
        const of = values[metric];
        const expected = expectations.get(`${device} ${metric}`);
        if (of === undefined && expected === undefined) continue;
        const head = [...place, device, name, metric, unit].map(csvText);
        const numbers = [...aggregates.map((aggregate) => of?.[aggregate]), expected?.expected, expected?.share];
        lines.push([...head, ...numbers.map(csvCell)].join(","));
      }
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}

function expectationsOf(completeness: Pick<CompletenessContent, "series"> | undefined) {
  return new Map((completeness?.series ?? []).map((one) => [`${one.device} ${one.metric}`, one] as const));
}
