export { LatestValues } from "./latest-values.ts";
export type {
  Aggregate,
  BucketedSeries,
  BucketQuery,
  LatestMessage,
  Series,
  SeriesQuery,
  TelemetryReader,
} from "./reader.ts";
export { REPACK_FAN_IN, Repacker, type Repacking } from "./repack.ts";
export { cutSlices, openSlice, type Slice } from "./slice.ts";
export { createTelemetryReader } from "./telemetry-reader.ts";
export * from "./telemetry-store.ts";
