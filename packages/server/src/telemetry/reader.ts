import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";

export type { Aggregate };

/** Readings of one device in columns, ascending in time, each time once. */
export interface Series {
  readonly timesMicros: Float64Array;
  /** Metric number → values, one a time; NaN where the device did not say this metric at that time. */
  readonly columns: ReadonlyMap<number, Float64Array>;
  /** Metric number → flags, one a time (0: valid); only of metrics with an invalid reading among these. */
  readonly flags: ReadonlyMap<number, Uint8Array>;
  /** Index into `timesMicros` → JSON text of an object with everything that is not a number. */
  readonly extras: ReadonlyMap<number, string>;
}

export interface SeriesQuery {
  readonly deviceId: number;
  /** Inclusive. */
  readonly fromMicros: number;
  /** Exclusive. */
  readonly toMicros: number;
  /** All when absent. */
  readonly metricNumbers?: readonly number[];
  /** Of all metrics, versions included; 20 million when absent. More are not read: throws `query.too_many_points`. */
  readonly maxValues?: number;
  /** Of the device, where it is known: settled readings lie by profile, and fewer files are looked at. */
  readonly profileId?: number;
  /** Whose device it is said to be: of another's, no settled reading is found. */
  readonly organizationId?: number | undefined;
  /** Nobody waits for the answer any more: what is under way is ended. */
  readonly signal?: AbortSignal | undefined;
}

export interface BucketQuery extends SeriesQuery {
  /** "15m", "1h", "1d", "1w", "1mo": a number and one of s, m, h, d, w, mo. */
  readonly interval: string;
  /** IANA zone in which days, weeks and months begin; UTC when absent. */
  readonly zone?: string;
  readonly aggregates: readonly Aggregate[];
}

/** Only buckets that hold at least one valid reading of the asked metrics; invalid ones count for nothing in them. */
export interface BucketedSeries {
  /** Where each bucket begins. */
  readonly timesMicros: Float64Array;
  /** Metric number → aggregate → values, NaN where a bucket has none of this metric. */
  readonly columns: ReadonlyMap<number, ReadonlyMap<Aggregate, Float64Array>>;
}

/** Buckets of many devices of one profile. */
export interface AggregateQuery extends Omit<BucketQuery, "deviceId" | "profileId"> {
  readonly profileId: number;
  /** All of the profile when absent. */
  readonly deviceIds?: readonly number[] | undefined;
}

/** Readings of many devices of one profile, too many to be held in memory at once. */
export interface EachQuery {
  readonly profileId: number;
  /** Whose devices they are said to be. */
  readonly organizationId?: number | undefined;
  /** Nobody waits for what is still to come. */
  readonly signal?: AbortSignal | undefined;
  /** In the order in which they are to come. */
  readonly deviceIds: readonly number[];
  /** All when absent. */
  readonly metricNumbers?: readonly number[] | undefined;
  /** Inclusive. */
  readonly fromMicros: number;
  /** Exclusive. */
  readonly toMicros: number;
}

export interface DeviceSeries {
  readonly deviceId: number;
  readonly series: Series;
}

/** One row a device and bucket, sorted by both; otherwise as BucketedSeries. */
export interface AggregatedReadings extends BucketedSeries {
  readonly deviceIds: Int32Array;
}

export interface TimedValue {
  readonly timeMicros: number;
  readonly value: number;
}

/** The newest reading of a metric, valid or not. */
export interface LatestValue extends TimedValue {
  /** What is wrong with it (`validity.ts`); absent when it is valid. */
  readonly flags?: number;
  /** Of an invalid one: the newest valid reading, where there is any. */
  readonly valid?: TimedValue | undefined;
}

/** What may act: the newest reading if it is valid, else the newest that is. */
export function newestValid(latest: LatestValue | undefined): TimedValue | undefined {
  return latest?.flags === undefined ? latest : latest.valid;
}

export interface LatestMessage {
  /** Time of the newest message. */
  readonly timeMicros: number;
  /** Metric number → its newest value (which may be older than the newest message). */
  readonly values: ReadonlyMap<number, LatestValue>;
  /** JSON text of the extras of the newest message that had any. */
  readonly extras: string | undefined;
}

/**
 * The newest values of a profile's devices in columns, by row: of this moment, and not to be kept past it. A time of −∞ is a
 * metric that the device never said.
 */
export interface LatestColumns {
  /** Of the newest message. */
  readonly lastMicros: Float64Array;
  readonly times: readonly (Float64Array | undefined)[];
  readonly values: readonly (Float64Array | undefined)[];
  /** Of metrics that were ever marked. */
  readonly flags: readonly (Uint8Array | undefined)[];
  /** With the newest valid value beside a marked one. */
  newest(row: number, metric: number): LatestValue | undefined;
}

/** For whoever reads a few metrics of very many devices. */
export interface LatestByProfile {
  /** Undefined before the profile's first message. */
  columnsOf(profileId: number): LatestColumns | undefined;
  /** A device's row in the columns of its profile; −1 before its first message. */
  rowOfDevice(deviceId: number): number;
}

/** What may be asked of stored readings. Committed readings only; a query sees one snapshot. */
export interface TelemetryReader {
  series(query: SeriesQuery): Promise<Series>;
  buckets(query: BucketQuery): Promise<BucketedSeries>;
  aggregate(query: AggregateQuery): Promise<AggregatedReadings>;
  /** All readings of many devices, a bounded piece at a time; see `readEach`. */
  each(query: EachQuery): AsyncGenerator<DeviceSeries>;
  latest(deviceId: number): Promise<LatestMessage | undefined>;
  /** Of many devices at once; those that never sent anything are missing. */
  latestOf(deviceIds: readonly number[]): Promise<ReadonlyMap<number, LatestMessage>>;
  /** Like `latestOf`, in the columns of their profiles, which may hold others too: to be read at once, not kept. */
  latestColumnsOf(deviceIds: readonly number[]): Promise<LatestByProfile>;
  /** Of all devices of some profiles, and maybe of others: to be read at once, not kept. */
  latestColumns(profileIds: readonly number[]): Promise<LatestByProfile>;
}
