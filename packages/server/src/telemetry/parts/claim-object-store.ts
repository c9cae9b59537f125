/**
 * Whose a store is, is written in it, in a marker: the installation's id, the cluster and the epoch of its database.
 *
 *   recognise   reads: the marker says what the database says, or there is none and nothing speaks against making one
 *   claim       goes on: a new epoch, in the database as the next one, in the marker by compare-and-set, in the database
 *
 * A copy of a database has its id and one of its epochs. Whichever of the two goes on first leaves the other behind, which from
 * then on neither writes nor deletes, until somebody has it adopt the store.
 */
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { ObjectStore } from "../../platform/object-store.ts";
import type { Queryable } from "../telemetry-store.ts";
import { confirmEpoch, type Installation, proposeEpoch, readInstallation } from "./installation-store.ts";
import { readKnownNames, readSomeLiveSidecars } from "./part-store.ts";
import { PART_PREFIX, SIDECAR_PREFIX } from "./settling-context.ts";

/** Lies beside what it tells of, so that it comes and goes with it. */
export const MARKER = "installation";

/** Others of the same database may go on between two looks: each of them once a round. */
const MAX_LOOKS = 20;

/** Of which one has to be there, for a store to be the one that readings were settled into; a few may be lost. */
const LOOKED_FOR = 50;

interface Marker {
  readonly id: string;
  readonly system: string;
  readonly timeline: number;
  readonly epoch: string;
}

interface Recognised {
  readonly installation: Installation;
  readonly marker: { readonly bytes: Uint8Array; readonly epoch: string } | undefined;
}

/**
 * Reads only. Throws `object.store_foreign`, `object.store_copied`, and `object.store_lost` for an empty store while there are
 * readings elsewhere, as when a disk was not mounted.
 */
export async function recogniseObjectStore(db: Queryable, store: ObjectStore): Promise<Recognised> {
  for (let look = 1; ; look++) {
    const bytes = await readMarker(store);
    const installation = await readInstallation(db);
    if (bytes === undefined) {
      await assertNew(db, store);
      return { installation, marker: undefined };
    }
    const marker = parseMarker(bytes);
    if (marker.id !== installation.id) throw foreign(`it is that of the installation ${marker.id}`);
    const why = whyBehind(marker, installation);
    if (why === undefined) return { installation, marker: { bytes, epoch: marker.epoch } };
    if (look === MAX_LOOKS) throw copied(why);
  }
}

/** Before anything is written or deleted there. Marks a store that is new. Throws as `recogniseObjectStore`. */
export async function claimObjectStore(db: Queryable, store: ObjectStore, newUuid: () => string): Promise<void> {
  for (let look = 1; look <= MAX_LOOKS; look++) {
    const { installation, marker } = await recogniseObjectStore(db, store);
    if (marker !== undefined && marker.epoch === installation.nextEpoch) await confirmEpoch(db, marker.epoch);
    else if (await goOn(db, store, installation, marker?.bytes, newUuid())) return;
  }
  throw new Error(`the marker of the object store was another's at ${MAX_LOOKS} looks: try again`);
}

/**
 * Makes a store this database's that was its original's or its copy's, which is left behind. Throws `object.store_foreign` for
 * that of another installation, and `object.store_lost`.
 */
export async function adoptObjectStore(db: Queryable, store: ObjectStore, newUuid: () => string): Promise<void> {
  const bytes = await readMarker(store);
  const installation = await readInstallation(db);
  const id = bytes && parseMarker(bytes).id;
  // Whoever has it adopted says whose files without a marker are.
  if (id !== undefined && id !== installation.id) throw foreign(`it is that of the installation ${id}`);
  await findLive(db, store);
  if (await goOn(db, store, installation, bytes, newUuid())) return;
  throw copied("another database wrote its marker at the same moment");
}

/** False: another was faster. */
async function goOn(
  db: Queryable,
  store: ObjectStore,
  { id, system, timeline, epoch }: Installation,
  found: Uint8Array | undefined,
  newEpoch: string,
): Promise<boolean> {
  const nextEpoch = await proposeEpoch(db, epoch, newEpoch);
  if (nextEpoch === undefined) return false;
  const marker: Marker = { id, system, timeline, epoch: nextEpoch };
  if (!(await store.swap(MARKER, found, Buffer.from(`${JSON.stringify(marker)}\n`)))) return false;
  await confirmEpoch(db, nextEpoch);
  return true;
}

async function readMarker(store: ObjectStore): Promise<Uint8Array | undefined> {
  try {
    return await store.get(MARKER);
  } catch (error) {
    if (isSluiceError(error) && error.code === "object.missing") return undefined;
    throw error;
  }
}

function parseMarker(bytes: Uint8Array): Marker {
  const text = Buffer.from(bytes).toString().trim();
  try {
    const marker = JSON.parse(text) as Marker;
    if (typeof marker.id === "string" && typeof marker.epoch === "string") return marker;
  } catch {}
  throw foreign(`its marker says "${text.slice(0, 100)}"`);
}

function whyBehind(marker: Marker, { system, timeline, epoch, nextEpoch }: Installation): string | undefined {
  if (marker.system !== system) return `it is that of the PostgreSQL cluster ${marker.system}, and this is ${system}`;
  if (marker.timeline !== timeline) return `it is that of the timeline ${marker.timeline}, and this is ${timeline}`;
  if (marker.epoch === epoch || marker.epoch === nextEpoch) return undefined;
  return "another database with the same id has worked on it since";
}

/** A store without a marker is new, or one that came back from a backup, beside whatever was made while that was taken. */
async function assertNew(db: Queryable, store: ObjectStore): Promise<void> {
  if ((await findLive(db, store)) === "found") return;
  for (const prefix of [PART_PREFIX, SIDECAR_PREFIX]) {
    const name = await firstName(store, prefix);
    if (name === undefined || (await readKnownNames(db, [name])).has(name)) continue;
    throw foreign(`it holds ${name}, of which this database knows nothing`);
  }
}

/** Throws `object.store_lost` where nothing is found of what is to be there. */
async function findLive(db: Queryable, store: ObjectStore): Promise<"found" | "nothing settled"> {
  const sidecars = await readSomeLiveSidecars(db, LOOKED_FOR);
  if (sidecars.length === 0) return "nothing settled";
  for (const sidecar of sidecars) if ((await firstName(store, sidecar)) !== undefined) return "found";
  throw lost(sidecars[0]!);
}

async function firstName(store: ObjectStore, prefix: string): Promise<string | undefined> {
  for await (const { name } of store.list(prefix)) return name;
  return undefined;
}

function foreign(why: string): SluiceError {
  const message = `The object store is another installation's (${why}): give this one a folder or a prefix of its own in SLUICE_OBJECT_STORE. Readings wait in the database until then.`;
  return new SluiceError("conflict", "object.store_foreign", message);
}

function copied(why: string): SluiceError {
  const message = `The object store is that of a copy or of the original of this database (${why}): give this one a folder or a prefix of its own in SLUICE_OBJECT_STORE. If this is the one that is to go on with it, stop the other and run \`sluice admin adopt-store\`. Readings wait in the database until then.`;
  return new SluiceError("conflict", "object.store_copied", message);
}

function lost(name: string): SluiceError {
  const message = `The object store is empty, though ${name} should be there: mount its disk, or point SLUICE_OBJECT_STORE to where it is. Readings wait in the database until then.`;
  return new SluiceError("unavailable", "object.store_lost", message, { details: { name } });
}
