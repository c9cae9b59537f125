/**
 * Settling: a closed generation becomes parts.
 *
 *   claim     the oldest generation that is not settled: closed → settling; a crash leaves it so, and the next run takes it up
 *   write     part by part: its row (writing), its files, a look at them in the store
 *   commit    one transaction: all of its parts live, the generation settled; or nothing of it
 *
 * Whatever dies in between leaves parts in `writing`: whoever holds the lock of the partition next calls them abandoned, which
 * a late commit of the dead one notices. The generation's table answers queries until the commit, and lives on a while.
 */

import { isSluiceError } from "@sluice/core/errors.ts";
import { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import { assertNotHeld } from "../erasure/assert-not-held.ts";
import { GoneByErasure, writeReceipts } from "../erasure/erasure-receipts.ts";
import { type PendingErasures, readPendingErasures } from "../erasure/pending-erasures.ts";
import { openSlice } from "../slice.ts";
import { cutDevices, narrowed } from "./cut-devices.ts";
import { cutByDay, MergedSlices, type SliceRun, shapeOf } from "./merge-slices.ts";
import { rowsPerGroup } from "./part-rows.ts";
import {
  claimGeneration,
  type DeviceRange,
  readBodies,
  readProfile,
  readSliceSummaries,
  type SliceSummary,
  settleParts,
  type WrittenPart,
} from "./part-store.ts";
import { PartWriter } from "./part-writer.ts";
import { groupDays } from "./periods.ts";
import { MAX_GROUP_EXTRAS } from "./row-group-extras.ts";
import { inTransactionOf, newNames, type SettlingContext, SettlingInterrupted, writePart } from "./settling-context.ts";
import { noteGenerationFailure } from "./trouble-store.ts";

export interface SettleOptions {
  /**
   * What the open slices of a range of devices may take; a generation that takes more is settled range by range. Besides them
   * there is a row group: 2 million values and 8 million characters of extras at most, twice while it is encoded.
   */
  readonly maxOpenBytes: number;
}

export const SETTLE_OPTIONS: SettleOptions = { maxOpenBytes: 192 * 1024 * 1024 };

export interface SettledGeneration {
  readonly generation: number;
  readonly parts: readonly WrittenPart[];
}

/** Settles the next generation of the partition; undefined when there is none to settle. */
export async function settleNext(
  context: SettlingContext,
  options: SettleOptions = SETTLE_OPTIONS,
): Promise<SettledGeneration | undefined> {
  const { db, partition, onStep } = context;
  const generation = await claimGeneration(db, partition);
  if (generation === undefined) return undefined;
  try {
    await onStep?.("claimed");
    const parts = await settleClaimed(context, generation, options);
    await onStep?.("committed");
    return { generation, parts };
  } catch (error) {
    // Of no use when the connection is gone, the run is to end or the store is away: then the next run takes it up at once.
    if (!(error instanceof SettlingInterrupted) && !(isSluiceError(error) && error.retryable)) {
      await noteGenerationFailure(db, partition, generation, String(error)).catch(() => {});
    }
    throw error;
  }
}

async function settleClaimed(
  context: SettlingContext,
  generation: number,
  { maxOpenBytes }: SettleOptions,
): Promise<readonly WrittenPart[]> {
  const { db, partition, onStep } = context;
  const parts: WrittenPart[] = [];
  const gone = new GoneByErasure();
  const erased: number[] = [];
  const sorter = new MessageSorter();
  for (const [profileId, slices] of await readSliceSummaries(db, partition, generation)) {
    const profile = { profileId, ...(await readProfile(db, profileId)) };
    const { organizationId } = profile;
    const erasures = await readPendingErasures(db, { partition, generation, organizationId, profileId });
    if (erasures.through > 0) erased.push(profileId);
    const progress = { sourceRows: 0, parts, gone };
    for (const range of cutDevices(profileId, slices, maxOpenBytes)) {
      await settleRange({ context, generation, profile, range, sorter, erasures, progress });
    }
    assertAllRows(profileId, slices, progress.sourceRows);
  }
  await onStep?.("before-commit");
  await inTransactionOf(db, async () => {
    for (const profileId of erased) await assertNotHeld(db, profileId);
    if (!(await settleParts(db, partition, generation, parts))) throw new SettlingInterrupted(SUPERSEDED);
    await writeReceipts(db, gone);
  });
  return parts;
}

/** Rows in = rows that went into parts + rows that were to be erased. */
function assertAllRows(profileId: number, slices: readonly SliceSummary[], sourceRows: number): void {
  const rows = slices.reduce((sum, slice) => sum + slice.rows, 0);
  if (sourceRows !== rows) throw new Error(`of profile ${profileId}, ${sourceRows} of ${rows} rows went into parts`);
}

const SUPERSEDED = "the parts of this generation were abandoned before they could go live";

interface RangeWork {
  readonly context: SettlingContext;
  readonly generation: number;
  readonly profile: { readonly profileId: number; readonly organizationId: number; readonly keys: Map<number, string> };
  readonly range: DeviceRange;
  readonly sorter: MessageSorter;
  readonly erasures: PendingErasures;
  readonly progress: { sourceRows: number; readonly parts: WrittenPart[]; readonly gone: GoneByErasure };
}

async function settleRange(work: RangeWork): Promise<void> {
  const { context, generation, range, erasures, progress } = work;
  const days = new Map<number, SliceRun[]>();
  const encoder = new SliceEncoder();
  for await (const bodies of readBodies(context.db, context.partition, generation, range)) {
    for (const body of bodies) {
      for (const { day, run } of cutByDay(
        narrowed(openSlice(body), range, encoder),
        range.minDevice,
        range.maxDevice,
        erasures.erasureOf,
      )) {
        progress.sourceRows += run.to - run.from;
        if (run.erasure !== undefined) {
          progress.gone.add(run.erasure, { messages: run.to - run.from });
          continue;
        }
        const runs = days.get(day);
        if (runs === undefined) days.set(day, [run]);
        else runs.push(run);
      }
    }
    await context.pace();
  }
  for (const { month, days: together } of groupDays(days.keys())) {
    const runs = together.flatMap((day) => days.get(day)!);
    progress.parts.push(await settleRuns(work, month, runs));
    for (const day of together) days.delete(day);
  }
}

/** One part. */
async function settleRuns(work: RangeWork, month: string, runs: readonly SliceRun[]): Promise<WrittenPart> {
  const { context, generation, profile, sorter, erasures, progress } = work;
  const merged = new MergedSlices(runs, sorter);
  const shape = shapeOf(runs, profile.keys);
  const names = newNames(profile.organizationId, profile.profileId, month, context.newUuid());
  const part = {
    organizationId: profile.organizationId,
    profileId: profile.profileId,
    partition: context.partition,
    span: "generation" as const,
    generation,
    sequence: sequenceOf(generation, progress.parts.length),
    erasedThrough: erasures.through,
    minDevice: merged.minDevice,
    maxDevice: merged.maxDevice,
    minMicros: merged.minMicros,
    maxMicros: merged.maxMicros,
    hasVersions: merged.length < merged.sourceRows,
    messages: merged.length,
    name: names.name,
    sidecarName: names.sidecarName,
  };
  const openWriter = () => new PartWriter(context.store.scratchFolder, names.uuid, shape, "quick");
  return writePart(context, part, openWriter, async (writer) => {
    const step = Math.min(rowsPerGroup(shape), merged.rowsPerExtras(MAX_GROUP_EXTRAS));
    for (let from = 0; from < merged.length; from += step) {
      writer.write(merged.rows(from, Math.min(from + step, merged.length)));
      await context.pace();
    }
    const { messages } = writer.facts;
    if (messages !== merged.length) throw new Error(`${messages} of ${merged.length} messages were written`);
  });
}

/** Parts of one generation; beyond it their sequences would be those of the next. */
export const MAX_PARTS_PER_GENERATION = 2 ** 20;

/** Exact as a number, since generations are below 2^31 and their product below 2^51. */
export function sequenceOf(generation: number, place: number): number {
  if (place >= MAX_PARTS_PER_GENERATION || generation >= 2 ** 31) {
    throw new Error(`part ${place} of generation ${generation} has no place in the order of arrival`);
  }
  return generation * MAX_PARTS_PER_GENERATION + place;
}
