import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import { cutSlices, openSlice, SLICE_ROWS, type Slice, SMALL_SLICE_ROWS } from "./slice.ts";
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

  /**
   * Takes note of the slices of a committed flush. One that is its flush's only slice of the profile spans all devices of
   * the flush, however few or many, and is worth merging; several have parted them already.
   */
  add(seq: number, slices: readonly Slice[]): void {
    for (const slice of slices) {
      const isOnly = !slices.some((other) => other !== slice && other.profileId === slice.profileId);
      this.note(seq, slice, isOnly && slice.rows < SLICE_ROWS);
    }
  }

  /** Takes note of a slice read back at a start: the larger ones may have been merged before. */
  restore(seq: number, slice: Slice): void {
    this.note(seq, slice, slice.rows < SMALL_SLICE_ROWS);
  }

  private note(seq: number, slice: Slice, isMergeable: boolean): void {
    const pending = this.of(slice.profileId);
    if (isMergeable) pending.fresh.push({ seq, slice });
    else if (overlapsAny(slice, pending)) this.pending.delete(slice.profileId);
  }

  /**
   * The next merge that is due, if any: one at a time, so that no flush waits for many. The caller commits it and then calls
   * `settle`. A slice that cannot be read is left as it is, with its neighbours: it must not stop what arrives.
   */
  due(): Repacking | undefined {
    for (const [profileId, pending] of this.pending) {
      const smalls = [pending.fresh, pending.merged].find((list) => list.length >= REPACK_FAN_IN);
      if (smalls === undefined) continue;
      try {
        return this.merge(profileId, smalls);
      } catch {
        this.pending.delete(profileId);
      }
    }
    return undefined;
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
