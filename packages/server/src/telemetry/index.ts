export { LatestValues } from "./latest-values.ts";
export type { ValidReadings } from "./read-series.ts";
export {
  type Aggregate,
  type BucketedSeries,
  type BucketQuery,
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
export { type Scan, type ScanQuery, scanReadings } from "./scan-readings.ts";
export { cutSlices, openSlice, type Slice } from "./slice.ts";
export { createTelemetryReader } from "./telemetry-reader.ts";
export * from "./telemetry-store.ts";
