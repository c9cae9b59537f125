import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import { cutSlices, openSlice, type Slice, SMALL_SLICE_ROWS } from "./slice.ts";
import type { SliceReplacement } from "./telemetry-store.ts";

/** So many small slices of a profile become one run of larger ones. */
export const REPACK_FAN_IN = 64;

interface SmallSlice {
  readonly seq: number;
  readonly slice: Slice;
}

/** The small slices of one profile, oldest first; `merged` ones are all older than `fresh` ones. */
interface Pending {
  merged: SmallSlice[];
  fresh: SmallSlice[];
}

export interface Repacking {
  readonly replaced: SliceReplacement;
  /** Sequence of the newest slice that was merged: where the new ones stand in the order of arrival. */
  readonly seq: number;
  readonly slices: readonly Slice[];
}

/**
 * Keeps slow fleets and wide fleets fast: every 64 small slices of a profile are merged into slices that are fewer, larger
 * and sorted, so that a query opens few of them. What merging yields may be small again and is merged once more, 64 to 1.
 *
 * Merging must not change which version of a reading came last. Only neighbours in the order of arrival are merged: when
 * a large slice whose times overlap stands between, those before it are left as they are; there are never more of them
 * than of large slices, times 64.
 */
export class Repacker {
  private readonly pending = new Map<number, Pending>();
  private readonly sorter = new MessageSorter();
  private readonly encoder: SliceEncoder;

  constructor(encoder: SliceEncoder) {
    this.encoder = encoder;
  }

  /** Forgets all; a new generation starts with nothing to merge. */
  clear(): void {
    this.pending.clear();
  }

  /** Takes note of the slices of a committed flush. */
  add(seq: number, slices: readonly Slice[]): void {
    for (const slice of slices) {
      const pending = this.of(slice.profileId);
      if (slice.rows < SMALL_SLICE_ROWS) pending.fresh.push({ seq, slice });
      else if (overlapsAny(slice, pending)) this.pending.delete(slice.profileId);
    }
  }

  /** The merges that are due now. The caller commits them and then calls `settle` with what it committed. */
  due(): Repacking[] {
    const due: Repacking[] = [];
    for (const [profileId, pending] of this.pending) {
      if (pending.fresh.length >= REPACK_FAN_IN) due.push(this.merge(profileId, pending.fresh));
      else if (pending.merged.length >= REPACK_FAN_IN) due.push(this.merge(profileId, pending.merged));
    }
    return due;
  }

  /** Takes note that a merge was committed. */
  settle({ replaced, seq, slices }: Repacking): void {
    const pending = this.of(replaced.profileId);
    const gone = new Set(replaced.seqs);
    const wasFresh = pending.fresh.some((small) => gone.has(small.seq));
    pending.fresh = pending.fresh.filter((small) => !gone.has(small.seq));
    pending.merged = pending.merged.filter((small) => !gone.has(small.seq));
    for (const slice of slices) {
      if (slice.rows < SMALL_SLICE_ROWS && wasFresh) pending.merged.push({ seq, slice });
      else if (wasFresh && overlaps(slice, pending.merged)) pending.merged = [];
    }
  }

  private merge(profileId: number, smalls: readonly SmallSlice[]): Repacking {
    const batch = new MessageBatch();
    for (const { slice } of smalls) openSlice(slice.body).appendTo(batch);
    const slices = cutSlices(batch, this.sorter.sort(batch), () => profileId, this.encoder);
    return { replaced: { profileId, seqs: smalls.map(({ seq }) => seq) }, seq: smalls.at(-1)!.seq, slices };
  }

  private of(profileId: number): Pending {
    let pending = this.pending.get(profileId);
    if (pending === undefined) {
      pending = { merged: [], fresh: [] };
      this.pending.set(profileId, pending);
    }
    return pending;
  }
}

function overlapsAny(slice: Slice, { merged, fresh }: Pending): boolean {
  return overlaps(slice, merged) || overlaps(slice, fresh);
}

function overlaps(slice: Slice, smalls: readonly SmallSlice[]): boolean {
  return smalls.some(({ slice: small }) => small.minMicros <= slice.maxMicros && small.maxMicros >= slice.minMicros);
}
