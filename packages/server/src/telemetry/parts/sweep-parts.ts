/**
 * Sweeping: what nobody can be reading or writing any more goes.
 *
 *   writing    of a writer that is gone → abandoned; from then on its late compare-and-set fails
 *   replaced, abandoned    their objects go a grace later, then the row says so
 *   orphans    objects that no row needs. A row commits before its file is begun and is never deleted, so an object without one
 *              is nobody's; what a slow writer puts after it was abandoned and swept is found here. While a file of a live
 *              part is missing, nothing of the kind is deleted: this may not be the store that it seems to be
 *   tables     of settled generations
 */
import { SluiceError } from "@sluice/core/errors.ts";
import { claimObjectStore, recogniseObjectStore } from "./claim-object-store.ts";
import {
  claimDoomed,
  dropGeneration,
  markDeleted,
  noteMissing,
  readDoomed,
  readDroppable,
  readLiveNames,
  readNeededNames,
} from "./part-store.ts";
import { inTransactionOf, PART_PREFIX, type SettlingContext, SIDECAR_PREFIX } from "./settling-context.ts";

export interface SweepLimits {
  /** The longest query, and as much again. */
  readonly readGraceMs: number;
  /** An object younger than this is left alone, whatever the rows say. */
  readonly orphanAgeMs: number;
}

export const SWEEP_LIMITS: SweepLimits = { readGraceMs: 5 * 60_000, orphanAgeMs: 7 * 24 * 3600_000 };

const DOOMED_AT_ONCE = 256;
const NAMES_AT_ONCE = 512;
/** Orphans of one sweep; the next takes the others. */
const MAX_ORPHANS = 10_000;
/** Old objects of no live part that a sweep remembers. */
const MAX_OLD = 2 * MAX_ORPHANS;
/** Of live parts, of either kind: about 100 MB. */
const MAX_LIVE_NAMES = 500_000;
const LOCK_NOT_AVAILABLE = "55P03";

/** The number of generations whose tables went. */
export async function dropSettledTables(context: SettlingContext, limits: SweepLimits): Promise<number> {
  const { db, partition, onStep } = context;
  let dropped = 0;
  for (const generation of await readDroppable(db, partition, limits.readGraceMs)) {
    try {
      await inTransactionOf(db, () => dropGeneration(db, partition, generation));
      dropped++;
      await onStep?.("table-dropped");
    } catch (error) {
      // Somebody reads it even now: the next sweep tries again.
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
  return dropped;
}

/** The number of objects that went. */
export async function deleteDoomed({ db, store, onStep }: SettlingContext, limits: SweepLimits): Promise<number> {
  let deleted = 0;
  for (;;) {
    const doomed = await readDoomed(db, limits.readGraceMs, DOOMED_AT_ONCE);
    for (const part of doomed) {
      // A hold takes back what is not deleted yet: from here on it cannot. Readings that a crash leaves then are an orphan.
      if (!(await (part.what === "raw" ? markDeleted : claimDoomed)(db, part))) continue;
      for (const name of part.names) await store.delete(name);
      await onStep?.("objects-deleted");
      // Here in this order: the row is what finds the objects.
      if (part.what === "part") await markDeleted(db, part);
      deleted += part.names.length;
    }
    if (doomed.length < DOOMED_AT_ONCE) return deleted;
  }
}

/** Looks through the whole store: seldom. The number of objects that went. Throws `telemetry.parts_missing`. */
export async function deleteOrphans(
  { db, store, newUuid }: Pick<SettlingContext, "db" | "store" | "newUuid">,
  limits: SweepLimits,
  nowMs: number,
): Promise<number> {
  // A store is marked by who settles into it, never by who only looks for what to delete.
  if ((await recogniseObjectStore(db, store)).marker === undefined) return 0;
  await claimObjectStore(db, store, newUuid);
  const missing = new Set<string>();
  const old: string[] = [];
  for (const [what, prefix] of [
    ["raw", PART_PREFIX],
    ["sidecar", SIDECAR_PREFIX],
  ] as const) {
    for (const name of await liveNames(db, what)) missing.add(name);
    for await (const { name, modifiedMs } of store.list(prefix)) {
      const isLive = missing.delete(name);
      if (!isLive && nowMs - modifiedMs >= limits.orphanAgeMs && old.length < MAX_OLD) old.push(name);
    }
  }
  const parts = await noteMissing(db, [...missing]);
  if (parts.length > 0) throw partsMissing(parts);
  return deleteUnneeded({ db, store }, old);
}

async function liveNames(db: SettlingContext["db"], what: "raw" | "sidecar"): Promise<string[]> {
  const names = await readLiveNames(db, what, MAX_LIVE_NAMES);
  if (names.length <= MAX_LIVE_NAMES) return names;
  throw new Error(`more than ${MAX_LIVE_NAMES} parts are live: files of nobody are not looked for`);
}

/** Old files of parts that are not live any more are among them until their rows say that they went. */
async function deleteUnneeded(
  { db, store }: Pick<SettlingContext, "db" | "store">,
  names: readonly string[],
): Promise<number> {
  let deleted = 0;
  for (let from = 0; from < names.length && deleted < MAX_ORPHANS; from += NAMES_AT_ONCE) {
    const some = names.slice(from, from + NAMES_AT_ONCE);
    const needed = await readNeededNames(db, some);
    for (const name of some.filter((found) => !needed.has(found))) {
      await store.delete(name);
      deleted++;
    }
  }
  return deleted;
}

function partsMissing(names: readonly string[]): SluiceError {
  const some = names.slice(0, 3).join(", ");
  const message = `Files of ${names.length} parts are not in the object store (${some}): restore them from a backup, or point SLUICE_OBJECT_STORE to where they are. Until then files of nobody are left where they are.`;
  return new SluiceError("internal", "telemetry.parts_missing", message, { details: { parts: names.length } });
}
