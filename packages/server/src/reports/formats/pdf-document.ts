import type {
  AlertsContent,
  ChartContent,
  ChartsContent,
  CompletenessContent,
  LimitContent,
  ReportContent,
  SectionContent,
  SummaryContent,
  TableContent,
  TableRow,
} from "@sluice/core/reports/report-content.ts";
import type pdfmake from "pdfmake";
import type { Content, TableCell } from "pdfmake";
import { type ChartLimit, drawChart } from "./chart-svg.ts";
import { type PrintFormat, printFormatOf } from "./print-format.ts";

/** A table of the kind that pdfmake takes. */
type PdfTable = Extract<Content, { readonly table: unknown }>;
export type PdfDescription = Parameters<typeof pdfmake.createPdf>[0];

/** A4 upright, in points. */
const MARGIN = 40;
const WIDTH = 595.28 - 2 * MARGIN;
const CHART = { width: (WIDTH - 16) / 2, height: 130 } as const;
/** Columns of metrics that fit beside the names of stations. */
const METRICS_A_TABLE = 6;
/** What people still read on paper; further rows are in the other forms. */
const MAX_STATIONS_PRINTED = 2_000;
const MAX_INCOMPLETE_PRINTED = 200;
const MAX_GAPS_PRINTED = 100;

const COLOURS = {
  ink: "#1d2a35",
  quiet: "#5b6975",
  rule: "#c9d3da",
  head: "#e9f0f4",
  brand: "#0b5c8f",
  bad: "#b3261e",
} as const;
const AMBER = { fill: "#fff4d6", ink: "#7a5200" } as const;

/** What pdfmake lays out: all numbers are those of the content, written for people. */
export function describePdf(content: ReportContent): PdfDescription {
  const print = printFormatOf(content);
  const { title, site, language, organization, generatedAt } = content;
  return {
    pageSize: "A4",
    pageMargins: [MARGIN, 44, MARGIN, 48],
    language,
    info: {
      title: `${title} – ${site.name} – ${content.period.name}`,
      author: organization,
      creator: "Sluice",
      creationDate: new Date(generatedAt),
    },
    defaultStyle: { font: "Roboto", fontSize: 8.5, color: COLOURS.ink, lineHeight: 1.15 },
    styles: {
      title: { fontSize: 19, bold: true, color: COLOURS.brand },
      section: { fontSize: 12, bold: true, color: COLOURS.brand, margin: [0, 16, 0, 5] },
      note: { fontSize: 7.5, color: COLOURS.quiet, margin: [0, 4, 0, 0] },
      head: { bold: true, fontSize: 7.5, color: COLOURS.quiet },
      small: { fontSize: 7, color: COLOURS.quiet },
    },
    footer: (page, pages) => footer(content, print, page, pages),
    content: [
      ...heading(content, print),
      ...content.sections.flatMap((section) => sectionOf(content, print, section)),
      ...limitSources(content, print),
    ],
  };
}

function footer({ title, site }: ReportContent, { words, period }: PrintFormat, page: number, pages: number): Content {
  return {
    margin: [MARGIN, 14, MARGIN, 0],
    fontSize: 7.5,
    color: COLOURS.quiet,
    columns: [
      { width: "*", text: `${title} · ${site.name} · ${period}` },
      { width: "auto", text: words.page(page, pages) },
    ],
  };
}

function heading(content: ReportContent, print: PrintFormat): Content[] {
  const { words } = print;
  const { title, site, organization, period, generatedAt, completeness } = content;
  const facts: readonly (readonly [string, string])[] = [
    [words.organization, organization],
    [words.location, site.region === null ? site.name : `${site.name}, ${site.region}`],
    [
      words.periods[period.kind],
      `${print.period} (${words.hours(print.number(period.hours, period.hours % 1 === 0 ? 0 : 1))}, ${site.timeZone})`,
    ],
    [words.madeAt, print.dateTime(generatedAt)],
    [words.dataComplete, print.share(completeness.share)],
  ];
  const rule = { type: "line" as const, x1: 0, y1: 0, x2: WIDTH, y2: 0, lineWidth: 1.5, lineColor: COLOURS.brand };
  return [
    { text: title, style: "title" },
    { canvas: [rule], margin: [0, 4, 0, 8] },
    {
      layout: "noBorders",
      table: { widths: [100, "*"], body: facts.map(([name, value]) => [{ text: name, color: COLOURS.quiet }, value]) },
    },
    ...(period.isComplete ? [] : [warning(words.unfinished(print.dateTime(period.until)))]),
  ];
}

function warning(text: string): Content {
  return {
    margin: [0, 8, 0, 0],
    layout: { hLineWidth: () => 0, vLineWidth: () => 0, paddingTop: () => 5, paddingBottom: () => 5 },
    table: { widths: ["*"], body: [[{ text, bold: true, fillColor: AMBER.fill, color: AMBER.ink }]] },
  };
}

function sectionOf(content: ReportContent, print: PrintFormat, section: SectionContent): Content[] {
  const head: Content = { text: section.title, style: "section", headlineLevel: 1 };
  switch (section.kind) {
    case "summary":
      return [head, ...summary(section, print)];
    case "charts":
      return section.charts.length === 0 ? [] : charts(content, section, print, head);
    case "table":
      return section.columns.length === 0 ? [] : [head, ...stations(section, print)];
    case "alerts":
      return [head, ...alerts(section, print)];
    case "completeness":
      return [head, ...completeness(content, section, print)];
  }
}

function summary({ rows }: SummaryContent, print: PrintFormat): Content[] {
  const { words } = print;
  if (rows.length === 0) return [{ text: words.noReadings }];
  const hasLimits = rows.some(({ limits }) => limits.length > 0);
  const { mean, min, max } = words.aggregates;
  const heads = [words.parameter, words.unit, mean, min, max, words.readings, words.stations];
  const body = rows.map((row): TableCell[] => [
    { text: row.title, bold: true, noWrap: true },
    { text: row.unit, noWrap: true },
    right(print.number(row.mean, row.digits)),
    extreme(print.number(row.min, row.digits), row.minDevice),
    extreme(print.number(row.max, row.digits), row.maxDevice),
    right(print.count(row.count)),
    right(print.count(row.devices)),
    ...(hasLimits ? [{ stack: row.limits.map((limit) => limitText(limit, row.digits, print)) }] : []),
  ]);
  const widths = ["auto", "auto", "auto", "auto", "auto", "auto", "auto", ...(hasLimits ? ["*"] : [])];
  const headRow = [
    ...heads.map((text, index) => headCell(text, index >= 2)),
    ...(hasLimits ? [headCell(words.limits)] : []),
  ];
  if (!hasLimits) widths[0] = "*";
  return [tableOf(widths, headRow, body), { text: words.meansNote, style: "note" }];
}

/** With the station that measured it. */
function extreme(value: string, device: string | null): TableCell {
  return { alignment: "right", stack: [value, { text: device ?? "", style: "small" }] };
}

function limitText(limit: LimitContent, digits: number, print: PrintFormat): Content {
  const { words } = print;
  const verdict = limit.isExceeded
    ? { text: words.exceeded, bold: true, color: COLOURS.bad }
    : { text: words.kept, color: COLOURS.quiet };
  return { fontSize: 7.5, text: [`${limitName(limit, digits, print)} `, verdict] };
}

function limitName({ label, bound, value }: LimitContent, digits: number, print: PrintFormat): string {
  return `${label} ${bound === "maximum" ? "≤" : "≥"} ${print.number(value, digits)}`;
}

/** At the end, where they disturb nobody: which law says so. */
function limitSources({ sections }: ReportContent, print: PrintFormat): Content[] {
  const { words } = print;
  const rows = sections.flatMap((section) => (section.kind === "summary" ? section.rows : []));
  const body = rows.flatMap(({ title, unit, digits, limits }) =>
    limits.map((limit): TableCell[] => [
      { text: title, noWrap: true },
      { text: `${limitName(limit, digits, print)} ${title === unit ? "" : unit}`, noWrap: true },
      limit.source,
    ]),
  );
  if (body.length === 0) return [];
  const head = [words.parameter, words.limit, words.source].map((text) => headCell(text));
  const table = { ...tableOf(["auto", "auto", "*"], head, body), fontSize: 7.5 };
  return [{ text: words.sources, style: "section" }, table, { text: words.limitsNote, style: "note" }];
}

function charts(content: ReportContent, section: ChartsContent, print: PrintFormat, head: Content): Content[] {
  const cells = section.charts.map((chart) => chartCell(content, section, chart, print));
  const rows: Content[] = [];
  for (let at = 0; at < cells.length; at += 2) {
    const columns = [cells[at]!, cells[at + 1] ?? { text: "" }].map((cell) => ({ width: CHART.width, stack: [cell] }));
    rows.push({ columns, columnGap: 16, unbreakable: true, margin: [0, 0, 0, 8] });
  }
  // The title stays with the first of them.
  const [first, ...others] = rows;
  const note: Content = {
    text: print.words.chartNote(print.words.intervals[section.interval] ?? section.interval),
    style: "note",
  };
  return [{ unbreakable: true, stack: [head, first!] }, ...others, note];
}

function chartCell(
  { period }: ReportContent,
  { starts }: ChartsContent,
  { title, unit, mean, min, max, limits, digits }: ChartContent,
  print: PrintFormat,
): Content {
  const isLong = period.kind === "week" || period.kind === "month";
  const label = isLong ? print.day : print.clock;
  const svg = drawChart({
    ...{ widthPoints: CHART.width, heightPoints: CHART.height, mean, min, max },
    edgesMs: [...starts, period.to].map((time) => Date.parse(time)),
    limits: chartLimits(limits, digits, print),
    yLabel: print.number,
    xLabel: (timeMs) => label(new Date(timeMs).toISOString()),
  });
  const heading =
    title === unit
      ? title
      : [
          { text: title, bold: true },
          { text: `  ${unit}`, color: COLOURS.quiet },
        ];
  return {
    stack: [
      { text: heading, bold: title === unit, margin: [0, 0, 0, 2] },
      { svg, width: CHART.width },
    ],
  };
}

/** Several at one value are one line. */
function chartLimits(limits: readonly LimitContent[], digits: number, print: PrintFormat): ChartLimit[] {
  return [...Map.groupBy(limits, ({ value }) => value)].map(([value, same]) => ({
    value,
    label: `${same.map(({ label }) => label).join(", ")} ${print.number(value, digits)}`,
    isExceeded: same.some(({ isExceeded }) => isExceeded),
  }));
}

function stations({ rows, columns, aggregates }: TableContent, print: PrintFormat): Content[] {
  const printed = rows.slice(0, MAX_STATIONS_PRINTED);
  const found: Content[] = [];
  for (let at = 0; at < columns.length; at += METRICS_A_TABLE) {
    const shown = columns.slice(at, at + METRICS_A_TABLE);
    const head = [
      headCell(print.words.station),
      ...shown.map(({ title, unit }) => ({
        ...headCell("", true),
        stack: [title, title === unit ? "" : { text: unit, bold: false }],
      })),
    ];
    const body = printed.map((row) => [
      stationCell(row),
      ...shown.map((column) => valuesCell(row, column, aggregates, print)),
    ]);
    found.push({ ...tableOf(["*", ...shown.map(() => "auto")], head, body), margin: [0, 0, 0, 8] });
  }
  const legend = aggregates.map((aggregate) => print.words.aggregates[aggregate]);
  return [...found, { text: legendOf(legend), style: "note" }, ...further(rows.length - printed.length, print)];
}

function legendOf([mean, min, max, count]: readonly string[]): string {
  return [mean, min === undefined ? undefined : `${min} – ${max ?? ""}`, count]
    .filter((part) => part !== undefined)
    .join(" · ");
}

function stationCell({ name, device }: TableRow): TableCell {
  return { stack: [name, ...(name === device ? [] : [{ text: device, style: "small" }])] };
}

/** The mean, and under it the extremes and the number of readings. */
function valuesCell(
  { values }: TableRow,
  { metric, digits }: TableContent["columns"][number],
  aggregates: TableContent["aggregates"],
  print: PrintFormat,
): TableCell {
  const of = values[metric];
  if (of === undefined) return right("–");
  const extremes =
    of.min === undefined
      ? []
      : [{ text: `${print.number(of.min, digits)} – ${print.number(of.max, digits)}`, style: "small" }];
  const count = of.count === undefined ? [] : [{ text: print.count(of.count), style: "small" }];
  const main = aggregates.includes("mean") ? [print.number(of.mean, digits)] : [];
  return { alignment: "right", stack: [...main, ...extremes, ...count] };
}

function alerts({ rows, omitted }: AlertsContent, print: PrintFormat): Content[] {
  const { words } = print;
  if (rows.length === 0) return [{ text: words.noAlerts }];
  const head = [words.time, words.severity, words.station, words.event, words.resolved].map((text) => headCell(text));
  const body = rows.map(({ openedAt, severity, device, title, message, resolvedAt }): TableCell[] => [
    { text: print.dateTime(openedAt), noWrap: true },
    {
      text: words.severities[severity] ?? severity,
      bold: severity === "critical",
      color: severity === "critical" ? COLOURS.bad : COLOURS.ink,
    },
    device ?? "–",
    { stack: [title, ...(message === "" || message === title ? [] : [{ text: message, style: "small" }])] },
    resolvedAt === null ? words.open : { text: print.dateTime(resolvedAt), noWrap: true },
  ]);
  const note: Content[] = omitted > 0 ? [{ text: words.furtherAlerts(print.count(omitted)), style: "note" }] : [];
  return [tableOf(["auto", "auto", "auto", "*", "auto"], head, body), ...note];
}

function completeness(content: ReportContent, section: CompletenessContent, print: PrintFormat): Content[] {
  const { words } = print;
  const { expected, readings } = content.completeness;
  const note =
    expected === null
      ? words.unknownNote(print.count(readings))
      : words.completenessNote(print.count(readings), print.count(expected));
  return [{ text: note }, ...incompleteDevices(section, print), ...gaps(content, section, print)];
}

function incompleteDevices({ devices }: CompletenessContent, print: PrintFormat): Content[] {
  const { words } = print;
  const incomplete = devices
    .filter(({ share }) => share === null || share < 1)
    .sort((a, b) => (a.share ?? -1) - (b.share ?? -1));
  if (devices.length === 0) return [];
  if (incomplete.length === 0) return [{ text: words.allComplete, margin: [0, 6, 0, 0] }];
  const printed = incomplete.slice(0, MAX_INCOMPLETE_PRINTED);
  const head = [
    headCell(words.station),
    ...[words.expected, words.received, words.share].map((text) => headCell(text, true)),
  ];
  const body = printed.map(({ name, device, expected, readings, share }): TableCell[] => [
    { stack: [name, ...(name === device ? [] : [{ text: device, style: "small" }])] },
    right(expected === null ? words.unknown : print.count(expected)),
    right(print.count(readings)),
    right(print.share(share)),
  ]);
  const table: Content = { ...tableOf(["*", "auto", "auto", "auto"], head, body), margin: [0, 8, 0, 0] };
  return [table, ...further(incomplete.length - printed.length, print)];
}

function gaps(content: ReportContent, section: CompletenessContent, print: PrintFormat): Content[] {
  const { words } = print;
  const title: Content = { text: words.gaps, bold: true, margin: [0, 10, 0, 3] };
  if (section.gaps.length === 0) return content.completeness.readings === 0 ? [] : [title, { text: words.noGaps }];
  const printed = section.gaps.slice(0, MAX_GAPS_PRINTED);
  const titles = metricTitles(content);
  const heads = [words.station, words.from, words.to];
  const head = [...heads.map((text) => headCell(text)), headCell(words.duration, true), headCell(words.metrics)];
  const body = printed.map(({ device, from, to, metrics }): TableCell[] => [
    device,
    { text: print.dateTime(from), noWrap: true },
    { text: print.dateTime(to), noWrap: true },
    right(words.hours(print.duration(from, to))),
    metrics.map((metric) => titles.get(metric) ?? metric).join(", "),
  ]);
  const omitted = section.gaps.length - printed.length + section.omittedGaps;
  return [title, tableOf(["auto", "auto", "auto", "auto", "*"], head, body), ...further(omitted, print)];
}

function metricTitles({ sections }: ReportContent): ReadonlyMap<string, string> {
  return new Map(
    sections.flatMap((section) =>
      section.kind === "summary" ? section.rows.map((row) => [row.metric, row.title]) : [],
    ),
  );
}

function further(count: number, print: PrintFormat): Content[] {
  return count > 0 ? [{ text: print.words.furtherRows(print.count(count)), style: "note" }] : [];
}

function right(text: string): TableCell {
  return { text, alignment: "right" };
}

function headCell(text: string, isRight = false): TableCell & object {
  return { text, style: "head", alignment: isRight ? "right" : "left", fillColor: COLOURS.head };
}

function tableOf(widths: readonly string[], head: readonly TableCell[], body: readonly TableCell[][]): PdfTable {
  return {
    table: {
      headerRows: 1,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: [...widths],
      body: [[...head], ...body],
    },
    layout: {
      hLineWidth: (line) => (line === 0 ? 0 : 0.5),
      vLineWidth: () => 0,
      hLineColor: () => COLOURS.rule,
      paddingLeft: () => 5,
      paddingRight: () => 5,
      paddingTop: () => 2.5,
      paddingBottom: () => 2.5,
    },
  };
}
