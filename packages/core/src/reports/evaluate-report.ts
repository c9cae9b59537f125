import { completenessOf, formatMicros } from "./completeness.ts";
import { RESOLUTIONS } from "./report-buckets.ts";
import {
  type AlertsContent,
  type ChartContent,
  type LimitContent,
  type ReportAlert,
  type ReportContent,
  type ReportSite,
  type SectionContent,
  type SummaryRow,
  type TableRow,
  textIn,
} from "./report-content.ts";
import type {
  ReportAggregate,
  ReportDefinition,
  ReportLanguage,
  ReportMetric,
  ReportSection,
} from "./report-definition.ts";
import { hoursIn, periodAt, type ReportPeriod } from "./report-period.ts";
import type { DeviceTally, ReportTally, Sums } from "./report-tally.ts";

export interface ReportInputs {
  readonly definition: ReportDefinition;
  readonly period: ReportPeriod;
  readonly language: ReportLanguage;
  readonly organization: string;
  readonly site: ReportSite;
  readonly nowMicros: number;
  readonly tally: ReportTally;
  readonly alerts: Pick<AlertsContent, "omitted"> & { readonly rows: readonly ReportAlert[] };
}

/** Puts together what was tallied: the content that every form of the report is made of. */
export function evaluateReport(inputs: ReportInputs): ReportContent {
  const { definition, period, language, organization, site, nowMicros, tally } = inputs;
  const { whole, ...completeness } = completenessOf(tally.devices);
  return {
    version: 1,
    report: definition.key,
    title: textIn(language, definition.title),
    language,
    organization,
    site,
    period: {
      kind: period.kind,
      name: period.name,
      from: formatMicros(period.fromMicros),
      to: formatMicros(period.toMicros),
      until: formatMicros(Math.min(period.toMicros, nowMicros)),
      isComplete: nowMicros >= period.toMicros,
      hours: hoursIn(period),
    },
    generatedAt: formatMicros(nowMicros),
    completeness: whole,
    sections: definition.sections.map((section): SectionContent => {
      const title = textIn(language, section.title);
      if (section.kind === "completeness") return { kind: "completeness", title, ...completeness };
      return contentOf(inputs, section, title);
    }),
  };
}

type PlainSection = Exclude<ReportSection, { readonly kind: "completeness" }>;

function contentOf(inputs: ReportInputs, section: PlainSection, title: string): SectionContent {
  const { tally, period, alerts } = inputs;
  switch (section.kind) {
    case "summary":
      return { kind: "summary", title, rows: saidMetrics(inputs).map((metric) => summaryRow(inputs, metric)) };
    case "charts":
      return {
        kind: "charts",
        title,
        interval: RESOLUTIONS[period.kind].chart,
        starts: Array.from(tally.chartStarts, formatMicros),
        charts: saidMetrics(inputs, section.metrics).map((metric) => chartOf(inputs, metric)),
      };
    case "table": {
      const metrics = saidMetrics(inputs, section.metrics);
      return {
        kind: "table",
        title,
        aggregates: section.aggregates,
        columns: metrics.map((metric) => headOf(inputs, metric)),
        rows: tally.devices.map((device) => tableRow(device, metrics, section.aggregates)),
      };
    }
    case "alerts":
      return { kind: "alerts", title, ...alerts };
  }
}

/** What no device has said needs no chart and no column. */
function saidMetrics({ definition, tally }: ReportInputs, keys?: readonly string[]): readonly ReportMetric[] {
  const wanted = keys === undefined ? definition.metrics : definition.metrics.filter(({ key }) => keys.includes(key));
  return wanted.filter(({ key }) => tally.metrics.get(key)!.count > 0);
}

function headOf({ language }: ReportInputs, { key, title, unit, digits }: ReportMetric) {
  return { metric: key, title: textIn(language, title), unit, digits };
}

function summaryRow(inputs: ReportInputs, metric: ReportMetric): SummaryRow {
  const sums = inputs.tally.metrics.get(metric.key)!;
  return {
    ...headOf(inputs, metric),
    count: sums.count,
    devices: sums.devices,
    mean: sums.mean,
    min: sums.min,
    minDevice: sums.minDevice?.uid ?? null,
    max: sums.max,
    maxDevice: sums.maxDevice?.uid ?? null,
    limits: limitsOf(inputs, metric, sums),
  };
}

function chartOf(inputs: ReportInputs, metric: ReportMetric): ChartContent {
  const sums = inputs.tally.metrics.get(metric.key)!;
  const values = (pick: (bucket: Sums) => number) => sums.buckets.map((one) => (one.count === 0 ? null : pick(one)));
  return {
    ...headOf(inputs, metric),
    mean: values(({ mean }) => mean),
    min: values(({ min }) => min),
    max: values(({ max }) => max),
    limits: limitsOf(inputs, metric, sums),
  };
}

function limitsOf(
  { definition, language, period }: ReportInputs,
  { key }: ReportMetric,
  { min, max }: Sums,
): LimitContent[] {
  return (definition.limits?.(key, dayOf(period)) ?? []).map(({ label, bound, value, source }) => ({
    label: textIn(language, label),
    bound,
    value,
    source,
    isExceeded: bound === "maximum" ? max > value : min < value,
  }));
}

function dayOf({ fromMicros, zone }: ReportPeriod): string {
  return periodAt("day", zone, fromMicros).name;
}

function tableRow(
  { device, metrics: said }: DeviceTally,
  metrics: readonly ReportMetric[],
  aggregates: readonly ReportAggregate[],
): TableRow {
  const values = metrics.flatMap(({ key }) => {
    const sums = said.get(key);
    return sums === undefined ? [] : [[key, Object.fromEntries(aggregates.map((one) => [one, sums[one]]))] as const];
  });
  return { device: device.uid, name: device.name, values: Object.fromEntries(values) };
}
