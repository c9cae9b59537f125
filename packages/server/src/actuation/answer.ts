import type { Decision } from "@sluice/core/safety/decide.ts";
import type { Command } from "./actuation-store.ts";

/** What became of a person's request. */
export type Answer =
  | { readonly kind: "placed"; readonly executionId: string; readonly command: Command | undefined }
  | { readonly kind: "refused"; readonly refusal: Extract<Decision, { outcome: "refuse" }> }
  /** Its idempotency key was used for another request. */
  | { readonly kind: "mismatch" }
  /** The request that had its key was refused meanwhile, which has freed the key: ask again. */
  | { readonly kind: "again" };
