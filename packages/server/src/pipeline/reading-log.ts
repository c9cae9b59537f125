import type { SluiceError } from "@sluice/core/errors.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";

/** What became of one message of an offered batch that could not be stored. */
export interface RejectedMessage {
  /** Index of the message in the offered batch. */
  readonly index: number;
  readonly error: SluiceError;
}

/** Everything not named here is committed, with fsync, together with the rule transitions it caused. */
export interface OfferOutcome {
  readonly rejected: readonly RejectedMessage[];
}

/**
 * The seam between the gateway and the pipeline. In one process it is a bounded queue in memory; across nodes it will be a
 * partitioned stream. Code on either side does not know which.
 */
export interface ReadingLog {
  /**
   * Takes the messages in (they are copied: the caller may reuse the batch at once) and resolves after the commit that
   * stored them. Throws `pipeline.full` (kind "unavailable", with `retryAfterMs`) at once when there is no room, and
   * rejects with `pipeline.commit_failed` (retryable) when the commit failed: then none of them is stored.
   */
  offer(batch: MessageBatch): Promise<OfferOutcome>;
  /** False when an offer of this many messages would be refused now. */
  hasRoom(messages: number): boolean;
  /** Resolves once there is room again; senders that can be held back wait here instead of failing. */
  whenRoom(): Promise<void>;
}
