export * from "./erasure/index.ts";
export { LatestValues } from "./latest-values.ts";
export { adoptObjectStore, MARKER } from "./parts/claim-object-store.ts";
export { createPartReader, type PartReader, type SettledReader } from "./parts/part-reader.ts";
export { flagsColumn, QUARTER_MICROS, quarterColumn } from "./parts/part-schema.ts";
export { COMPRESSORS, PARSERS, RawReader } from "./parts/raw-reader.ts";
export { SettleWorker, type SettleWorkerOptions } from "./parts/settle-worker.ts";
export { type RoundOptions, runSettlingRound } from "./parts/settling-round.ts";
export { NO_TROUBLES, readSettlingTroubles, type SettlingTroubles } from "./parts/trouble-store.ts";
export type { ValidReadings } from "./read-series.ts";
export {
  type Aggregate,
  type AggregatedReadings,
  type AggregateQuery,
  type BucketedSeries,
  type BucketQuery,
  type DeviceSeries,
  type EachQuery,
  type LatestByProfile,
  type LatestColumns,
  type LatestMessage,
  type LatestValue,
  newestValid,
  type Series,
  type SeriesQuery,
  type TelemetryReader,
  type TimedValue,
} from "./reader.ts";
export { ReadingValidity, type ValidityOverlay } from "./reading-validity.ts";
export { REPACK_FAN_IN, Repacker, type Repacking } from "./repack.ts";
export * from "./retention/index.ts";
export { type Scan, type ScanQuery, type ScanSources, scanReadings } from "./scan-readings.ts";
export { cutSlices, openSlice, type Slice } from "./slice.ts";
export { createTelemetryReader } from "./telemetry-reader.ts";
export * from "./telemetry-store.ts";
export { Turns } from "./turns.ts";
