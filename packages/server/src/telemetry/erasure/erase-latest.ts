import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { compressBody, openSlice } from "../slice.ts";
import type { Queryable } from "../telemetry-store.ts";
import { deleteSnapshot, readSnapshotsToErase, rewriteSnapshot } from "./latest-erasure-store.ts";

/** Takes devices that are to be erased out of the snapshots of newest values. The number of snapshots that had some. */
export async function eraseLatest(db: Queryable, partition: number): Promise<number> {
  const encoder = new SliceEncoder();
  let rewritten = 0;
  for await (const { key, body, deviceIds } of readSnapshotsToErase(db, partition)) {
    const slice = openSlice(body);
    const erased = new Set(deviceIds);
    if (!slice.deviceIds.some((id) => erased.has(id))) continue;
    const batch = new MessageBatch(slice.rows);
    slice.appendTo(batch);
    const kept = Int32Array.from({ length: batch.length }, (_, row) => row).filter(
      (row) => !erased.has(batch.deviceIds[row]!),
    );
    if (kept.length === 0) await deleteSnapshot(db, key);
    else await rewriteSnapshot(db, key, compressBody(encoder.encode(batch, kept, 0, kept.length)));
    rewritten++;
  }
  return rewritten;
}
