import type { Decision } from "@sluice/core/safety/decide.ts";
import type { Command } from "./actuation-store.ts";

/** What became of a person's request. */
export type Answer =
  | { readonly kind: "placed"; readonly executionId: string; readonly command: Command | undefined }
  | { readonly kind: "refused"; readonly refusal: Extract<Decision, { outcome: "refuse" }> }
  /** Its idempotency key was used for another request. */
  | { readonly kind: "mismatch" }
  /** Another request has taken its key at the same moment: ask again, and its answer is there. */
  | { readonly kind: "again" };
