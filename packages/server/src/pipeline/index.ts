export { CLOCK_STEPPED_BACK_MICROS } from "./evaluate-rules.ts";
export { GENERATION_LIMITS, type GenerationLimits } from "./generation-keeper.ts";
export {
  PIPELINE_LIMITS,
  Pipeline,
  type PipelineCounters,
  type PipelineLimits,
  type PipelineOptions,
} from "./pipeline.ts";
export type { OfferOutcome, ReadingLog, RejectedMessage } from "./reading-log.ts";
export { listRejected, type RejectedRow, type StoredRejectedMessage } from "./rejected-message-store.ts";
