/**
 * What a report shows, as data: a solution declares one, and the engine evaluates it over the devices of a site in a period.
 */
export const REPORT_LANGUAGES = ["en", "de"] as const;
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number];
export type LocalizedText = Readonly<Record<ReportLanguage, string>>;

export const REPORT_PERIODS = ["hour", "day", "week", "month"] as const;
export type ReportPeriodKind = (typeof REPORT_PERIODS)[number];

export const REPORT_AGGREGATES = ["mean", "min", "max", "count"] as const;
export type ReportAggregate = (typeof REPORT_AGGREGATES)[number];

export interface ReportMetric {
  readonly key: string;
  /** What devices of other makers call the same thing in the same unit. */
  readonly otherKeys?: readonly string[];
  readonly title: LocalizedText;
  readonly unit: string;
  /** Digits after the point that people are shown; programs are given all. */
  readonly digits: number;
}

/** A value that the readings of a metric are held against. */
export interface ReportLimit {
  readonly label: LocalizedText;
  /** Readings above a maximum, or below a minimum, are beyond it. */
  readonly bound: "minimum" | "maximum";
  /** In the unit of the metric. */
  readonly value: number;
  /** The law or guideline that says so, and of what. */
  readonly source: string;
}

export type ReportSection =
  /** A row a metric: over all devices and the whole period. */
  | { readonly kind: "summary"; readonly title: LocalizedText }
  /** One a metric: means of buckets as a line, from their least to their greatest values as a band. */
  | { readonly kind: "charts"; readonly title: LocalizedText; readonly metrics: readonly string[] }
  /** A row a device. */
  | {
      readonly kind: "table";
      readonly title: LocalizedText;
      readonly metrics: readonly string[];
      readonly aggregates: readonly ReportAggregate[];
    }
  /** Those that were opened in the period. */
  | { readonly kind: "alerts"; readonly title: LocalizedText }
  /** What was expected, what came, and where it is missing. */
  | { readonly kind: "completeness"; readonly title: LocalizedText };

export interface ReportDefinition {
  readonly key: string;
  readonly title: LocalizedText;
  readonly period: ReportPeriodKind;
  /** Devices of these profiles belong to the report even while they say nothing; others by the metrics that they have said. */
  readonly profiles: readonly string[];
  readonly metrics: readonly ReportMetric[];
  readonly sections: readonly ReportSection[];
  /** Those of a metric on a day, "2026-10-25": laws change. */
  readonly limits?: (metricKey: string, day: string) => readonly ReportLimit[];
}
