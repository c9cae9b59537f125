export { CLOCK_STEPPED_BACK_MICROS } from "./evaluate-rules.ts";
export { GENERATION_LIMITS, type GenerationLimits } from "./generation-keeper.ts";
export { Pipeline } from "./pipeline.ts";
export {
  type FlushTimes,
  PIPELINE_LIMITS,
  type PipelineCounters,
  type PipelineLimits,
  type PipelineOptions,
} from "./pipeline-options.ts";
export type { OfferOutcome, ReadingLog, RejectedMessage } from "./reading-log.ts";
export {
  countNewRejected,
  listRejected,
  type RejectedRow,
  type StoredRejectedMessage,
} from "./rejected-message-store.ts";
