import type { ClientBase } from "pg";
import type { ObjectStore } from "../../platform/object-store.ts";
import { abandonPart, insertPart, type NewPart, type WrittenPart } from "./part-store.ts";
import type { PartWriter } from "./part-writer.ts";
import { assertReadable, assertStored } from "./read-back.ts";

/** Where a crash test may strike; each is passed with all before it done. */
export type SettlingStep =
  | "claimed"
  | "row-written"
  | "file-made"
  | "raw-stored"
  | "sidecar-stored"
  | "read-back"
  | "before-commit"
  | "committed"
  | "objects-deleted"
  | "table-dropped";

export interface SettlingContext {
  /** A connection of its own, which holds the settling lock of the partition. */
  readonly db: ClientBase;
  readonly store: ObjectStore;
  readonly partition: number;
  /** Names this run among all that ever wrote a part. */
  readonly writer: string;
  readonly newUuid: () => string;
  /** Called between steps, and throws to die there. */
  readonly onStep?: (step: SettlingStep) => void | Promise<void>;
  /** Called after each row group: gives ingest its turn. Throws when the run is to end. */
  readonly pace: () => Promise<void>;
}

export interface PartNames {
  readonly uuid: string;
  readonly name: string;
  readonly sidecarName: string;
}

export const PART_PREFIX = "raw/";
export const SIDECAR_PREFIX = "rollup/";

/** Names are new for each attempt, so that nobody ever takes one file for another. */
export function newNames(organizationId: number, profileId: number, month: string, uuid: string): PartNames {
  const place = `${organizationId}/${profileId}/${month}/${uuid}.parquet`;
  return { uuid, name: `${PART_PREFIX}${place}`, sidecarName: `${SIDECAR_PREFIX}${place}` };
}

/** The run ends, and nothing is wrong with what it worked on. */
export class SettlingInterrupted extends Error {}

export async function inTransactionOf<T>(db: ClientBase, work: () => Promise<T>): Promise<T> {
  await db.query("begin");
  try {
    const answer = await work();
    await db.query("commit");
    return answer;
  } catch (error) {
    await db.query("rollback").catch(() => {});
    throw error;
  }
}

/**
 * Row, then files, then a look at what really lies in the store. `fill` writes the part's rows. The part is not live yet: its
 * compare-and-set is the caller's, together with the end of whatever the part replaces.
 */
export async function writePart<W extends Pick<PartWriter, "paths" | "finish" | "discard">>(
  context: SettlingContext,
  part: NewPart,
  openWriter: () => W,
  fill: (writer: W) => Promise<void>,
): Promise<WrittenPart> {
  const { db, store, onStep } = context;
  const id = await insertPart(db, part, context.writer);
  await onStep?.("row-written");
  const writer = openWriter();
  try {
    await fill(writer);
    const { messages, readings, raw, sidecar } = writer.finish();
    await onStep?.("file-made");
    await store.put(part.name, { path: writer.paths.raw, made: raw });
    await onStep?.("raw-stored");
    await store.put(part.sidecarName, { path: writer.paths.sidecar, made: sidecar });
    await onStep?.("sidecar-stored");
    await assertStored(store, part.name, raw);
    await assertStored(store, part.sidecarName, sidecar);
    await assertReadable(store, part.name, { messages, readings }, context.pace);
    await onStep?.("read-back");
    return {
      id,
      messages,
      readings,
      bytes: raw.bytes,
      checksum: raw.checksum,
      footerChecksum: raw.footerChecksum,
      sidecarBytes: sidecar.bytes,
      sidecarChecksum: sidecar.checksum,
      sidecarFooterChecksum: sidecar.footerChecksum,
    };
  } catch (error) {
    // Tells the sweeper at once; when this fails as well, the next holder of the lock does.
    await abandonPart(db, id, String(error)).catch(() => {});
    throw error;
  } finally {
    await writer.discard().catch(() => {});
  }
}
