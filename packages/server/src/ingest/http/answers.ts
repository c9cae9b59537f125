import { type ErrorKind, SluiceError } from "@sluice/core/errors.ts";
import type { RefusedItem, Taken } from "./take-readings.ts";

/** Stored in part: each item that was not is named. */
export const MULTI_STATUS = 207;

export interface ItemAnswer {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

export interface PartialAnswer {
  readonly status: "partial";
  readonly stored: number;
  readonly rejected: number;
  /** The first of those rejected. */
  readonly errors: readonly ItemAnswer[];
}

export function partialAnswer({ stored, refused, items }: Taken): PartialAnswer {
  return { status: "partial", stored, rejected: refused, errors: items.map(itemAnswer) };
}

export function itemAnswer({ item, error }: RefusedItem): ItemAnswer {
  return { ...error.details, index: item, code: error.code, message: error.message };
}

/**
 * The error of a request of which nothing was stored: that of its only item, or one that names them all, of their kind if
 * they have one in common.
 */
export function nothingStored(taken: Taken, itemsSent: number): SluiceError {
  const first = taken.items[0]!;
  if (itemsSent === 1) return first.error;
  const kinds = new Set<ErrorKind>(taken.items.map(({ error }) => error.kind));
  const kind = kinds.size === 1 ? first.error.kind : "invalid";
  const { stored, refused, items } = taken;
  return new SluiceError(kind, "ingest.all_rejected", `None of the ${itemsSent} items could be stored.`, {
    details: { stored, rejected: refused, errors: items.map(itemAnswer) },
  });
}
