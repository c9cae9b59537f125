import { SluiceError } from "@sluice/core/errors.ts";

/** When a sender that was refused for want of room should come again. */
const FULL_RETRY_MS = 1000;

export function pipelineFull(): SluiceError {
  return new SluiceError("unavailable", "pipeline.full", "More readings arrive than can be stored; send them again.", {
    retryAfterMs: FULL_RETRY_MS,
  });
}

export function notRunning(): SluiceError {
  return new SluiceError("unavailable", "pipeline.not_running", "This server does not store readings now; try again.", {
    retryAfterMs: FULL_RETRY_MS,
  });
}

export function commitFailed(cause: unknown): SluiceError {
  return new SluiceError("unavailable", "pipeline.commit_failed", "The readings were not stored; send them again.", {
    cause,
    retryable: true,
    retryAfterMs: FULL_RETRY_MS,
  });
}

export function unstorable(cause: unknown): SluiceError {
  return new SluiceError("invalid", "reading.unstorable", "This reading cannot be stored; it was set aside.", {
    cause,
  });
}
