import type { LocalizedText, ReportAggregate, ReportLanguage, ReportPeriodKind } from "./report-definition.ts";

/**
 * A report that was made: its JSON. Every other form of it is made of this. Times are RFC 3339 in UTC, shares go from 0 to 1,
 * and values are as precise as they are known; `digits` says how many of them people are shown.
 */
export interface ReportContent {
  /** Of this form; it grows when a reader of the old one would be misled. */
  readonly version: 1;
  readonly report: string;
  readonly title: string;
  readonly language: ReportLanguage;
  readonly organization: string;
  readonly site: ReportSite;
  readonly period: ReportedPeriod;
  readonly generatedAt: string;
  /** Over all series of all devices. */
  readonly completeness: Completeness;
  readonly sections: readonly SectionContent[];
}

export interface ReportSite {
  readonly slug: string;
  readonly name: string;
  readonly region: string | null;
  readonly timeZone: string;
}

export interface ReportedPeriod {
  readonly kind: ReportPeriodKind;
  /** "2026-10-25", as `report-period.ts` names it. */
  readonly name: string;
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
  /** How far readings were looked at: `to`, or the time of the report when the period was not over. */
  readonly until: string;
  /** False: the period was not over. */
  readonly isComplete: boolean;
  /** A day may have 23 or 25. */
  readonly hours: number;
}

export interface Completeness {
  /** Null: nobody knows how often the devices report. */
  readonly expected: number | null;
  /** Valid readings; those that cannot be what the sensor measured are missing. */
  readonly readings: number;
  /** Of what was expected; more than that from one device makes up for nothing of another. */
  readonly share: number | null;
}

export type SectionContent =
  | SummaryContent
  | ChartsContent
  | TableContent
  | AlertsContent
  | (CompletenessContent & { readonly kind: "completeness"; readonly title: string });

interface MetricHead {
  readonly metric: string;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
}

export interface LimitContent {
  readonly label: string;
  readonly bound: "minimum" | "maximum";
  readonly value: number;
  readonly source: string;
  readonly isExceeded: boolean;
}

export interface SummaryContent {
  readonly kind: "summary";
  readonly title: string;
  readonly rows: readonly SummaryRow[];
}

export interface SummaryRow extends MetricHead {
  readonly count: number;
  /** Devices with at least one reading. */
  readonly devices: number;
  /** Of all readings, each counting the same. */
  readonly mean: number | null;
  readonly min: number | null;
  readonly minDevice: string | null;
  readonly max: number | null;
  readonly maxDevice: string | null;
  readonly limits: readonly LimitContent[];
}

export interface ChartsContent {
  readonly kind: "charts";
  readonly title: string;
  /** Length of a bucket, "1h". */
  readonly interval: string;
  /** Where each bucket begins. */
  readonly starts: readonly string[];
  readonly charts: readonly ChartContent[];
}

/** One value a bucket; null where it has no reading. */
export interface ChartContent extends MetricHead {
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly limits: readonly LimitContent[];
}

export interface TableContent {
  readonly kind: "table";
  readonly title: string;
  readonly aggregates: readonly ReportAggregate[];
  readonly columns: readonly MetricHead[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly device: string;
  readonly name: string;
  /** Metric → aggregate; without metrics that the device did not say. */
  readonly values: Readonly<Record<string, Readonly<Partial<Record<ReportAggregate, number>>>>>;
}

export interface AlertsContent {
  readonly kind: "alerts";
  readonly title: string;
  readonly rows: readonly ReportAlert[];
  /** Further ones, which are not listed. */
  readonly omitted: number;
}

export interface ReportAlert {
  readonly id: string;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly severity: string;
  readonly state: string;
  readonly device: string | null;
  readonly title: string;
  readonly message: string;
}

export interface CompletenessContent {
  readonly devices: readonly DeviceCompleteness[];
  readonly series: readonly SeriesCompleteness[];
  /** Longest first. */
  readonly gaps: readonly Gap[];
  /** Further ones, shorter than those. */
  readonly omittedGaps: number;
}

export interface DeviceCompleteness extends Completeness {
  readonly device: string;
  readonly name: string;
}

/**
 * How it is known how often a series reports:
 *
 *   set       the device's property `reportingIntervalSeconds` says so
 *   observed  the median of what it did in the period
 *   peers     it said too little in the period: the median of the others that report the same metric
 *   unknown   nothing says so
 */
export type IntervalSource = "set" | "observed" | "peers" | "unknown";

export interface SeriesCompleteness extends Completeness {
  readonly device: string;
  readonly metric: string;
  readonly intervalSeconds: number | null;
  readonly intervalSource: IntervalSource;
}

/** A time in which nothing valid came although at least two readings were due. Its ends are those of buckets. */
export interface Gap {
  readonly device: string;
  readonly metrics: readonly string[];
  readonly from: string;
  readonly to: string;
}

export function textIn(language: ReportLanguage, text: LocalizedText): string {
  return text[language];
}
