/**
 * Erasing readings from live parts, one part at a time: it is written anew without them, row group by row group and otherwise
 * as it was, and takes the old one's place in the order of arrival. What dies midway leaves the old part live and the new one
 * `writing`, and is begun anew; the old files go with the sweep.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { isSluiceError } from "@sluice/core/errors.ts";
import type { LeasedFile } from "../../platform/object-store.ts";
import { ParquetSource } from "../parts/parquet-copy.ts";
import type { ParquetFile } from "../parts/parquet-file.ts";
import type { WrittenPart } from "../parts/part-store.ts";
import type { FinishedPart, PartPaths } from "../parts/part-writer.ts";
import { RawFile } from "../parts/raw-file.ts";
import { leaseWhole } from "../parts/read-back.ts";
import {
  inTransactionOf,
  newNames,
  type SettlingContext,
  SettlingInterrupted,
  writePart,
} from "../parts/settling-context.ts";
import type { FileSums } from "../parts/summed-file.ts";
import { notePartFailure } from "../parts/trouble-store.ts";
import { assertNotHeld } from "./assert-not-held.ts";
import { type ErasablePart, markErased, readNextToErase, replaceErased } from "./erasable-part-store.ts";
import { GoneByErasure, writeReceipts } from "./erasure-receipts.ts";
import { type PendingErasures, readPendingErasures } from "./pending-erasures.ts";

/** Damaged parts that one call passes by; the next goes on. */
const MAX_PASSED_BY = 64;

/** Looks through the next part that may hold what is to be erased; false when none is left for now. */
export async function erasePart(context: SettlingContext): Promise<boolean> {
  const { db, partition } = context;
  for (let passedBy = 0; passedBy < MAX_PASSED_BY; passedBy++) {
    const part = await readNextToErase(db, partition);
    if (part === undefined) return false;
    try {
      await eraseFrom(context, part, await readPendingErasures(db, part));
      return true;
    } catch (error) {
      const isOfPart = error instanceof Unreadable;
      if (!isOfPart) throw error;
      await notePartFailure(db, part.id, error.message);
    }
  }
  return false;
}

/** The part, not what was done with it, is at fault. */
class Unreadable extends Error {}

async function eraseFrom(context: SettlingContext, part: ErasablePart, erasures: PendingErasures): Promise<void> {
  const files: LeasedFile[] = [];
  try {
    await rewritePart(context, part, await openSources(context, part, files), erasures);
  } finally {
    for (const file of files) file.release();
  }
}

async function rewritePart(
  context: SettlingContext,
  part: ErasablePart,
  sources: Sources,
  erasures: PendingErasures,
): Promise<void> {
  const gone = await countGone(sources.raw ?? sources.sidecar, erasures, sources.raw !== undefined);
  if (gone.byErasure.isEmpty) {
    await markErased(context.db, part.id, erasures.through);
    return;
  }
  const written = gone.keepsSome ? await writeWithout(context, part, sources, erasures) : undefined;
  const bytesGone = part.bytesStored - (written === undefined ? 0 : written.bytesStored);
  gone.byErasure.shareBytes(bytesGone);
  await context.onStep?.("before-commit");
  await inTransactionOf(context.db, async () => {
    await assertNotHeld(context.db, part.profileId);
    if (!(await replaceErased(context.db, part, written?.part))) throw new SettlingInterrupted(SUPERSEDED);
    await writeReceipts(context.db, gone.byErasure);
  });
  await context.onStep?.("committed");
  if (written !== undefined && !part.hasReadings) await context.store.delete(written.name);
}

const SUPERSEDED = "the part from which readings were erased is live no more, or the new one was abandoned";

interface Sources {
  /** Undefined: the readings were dropped, and the sidecar is all that is left. */
  readonly raw: ParquetSource | undefined;
  readonly sidecar: ParquetSource;
}

async function openSources({ store }: SettlingContext, part: ErasablePart, files: LeasedFile[]): Promise<Sources> {
  const open = async (object: ErasablePart["raw"]) => {
    try {
      const file = await leaseWhole(store, object);
      files.push(file);
      return await ParquetSource.open(file.path);
    } catch (error) {
      // A store that is out of reach says nothing of the part.
      if (isSluiceError(error) && error.retryable) throw error;
      throw new Unreadable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  };
  return { raw: part.hasReadings ? await open(part.raw) : undefined, sidecar: await open(part.sidecar) };
}

/** What is to go. Of a part without readings, messages are not counted: its rows are of quarter-hours or longer. */
async function countGone(source: ParquetSource, { erasureOf }: PendingErasures, areMessages: boolean) {
  const byErasure = new GoneByErasure();
  let keepsSome = false;
  for (let group = 0; group < source.groups; group++) {
    for (const deviceId of await source.readDevices(group)) {
      const erasure = erasureOf(deviceId);
      if (erasure === undefined) keepsSome = true;
      else byErasure.add(erasure, { messages: areMessages ? 1 : 0 });
    }
  }
  for (const [erasure] of byErasure.entries()) byErasure.add(erasure, { parts: 1 });
  return { byErasure, keepsSome };
}

interface Rewritten {
  readonly part: WrittenPart;
  /** Of its readings. */
  readonly name: string;
  readonly bytesStored: number;
}

async function writeWithout(
  context: SettlingContext,
  part: ErasablePart,
  sources: Sources,
  erasures: PendingErasures,
): Promise<Rewritten> {
  const names = newNames(part.organizationId, part.profileId, part.month, context.newUuid());
  const newPart = { ...part, ...names, erasedThrough: erasures.through };
  const openWriter = () => new CopyWriter(context.store.scratchFolder, names.uuid, sources, part);
  const written = await writePart(context, newPart, openWriter, (writer) =>
    writer.copy((deviceId) => erasures.erasureOf(deviceId) === undefined, context.pace),
  );
  const { name } = names;
  if (part.hasReadings) return { part: written, name, bytesStored: written.bytes + written.sidecarBytes };
  const { messages, readings } = part;
  return { part: { ...written, messages, readings }, name, bytesStored: written.sidecarBytes };
}

/** Of a part whose readings were dropped, the new one's file of readings has none either, and goes at once. */
const NO_COLUMNS = { keys: new Map(), flagged: new Set<number>(), hasExtras: false };

/** Writes a part's files anew with some of their rows. */
class CopyWriter {
  readonly paths: PartPaths;
  private readonly sources: Sources;
  private readonly part: ErasablePart;
  /** Of readings, then of quarter-hours. */
  private readonly unfinished: Pick<ParquetFile, "finish" | "close">[] = [];
  private messages = 0;
  private readingsGone = 0;

  constructor(folder: string, fileName: string, sources: Sources, part: ErasablePart) {
    this.paths = { raw: path.join(folder, `${fileName}.raw`), sidecar: path.join(folder, `${fileName}.sidecar`) };
    this.sources = sources;
    this.part = part;
  }

  async copy(keeps: (deviceId: number) => boolean, pace: () => Promise<void>): Promise<void> {
    const { raw, sidecar } = this.sources;
    if (raw === undefined) this.unfinished.push(new RawFile(this.paths.raw, NO_COLUMNS, "quick"));
    else {
      const copied = await this.copyFile(raw, this.paths.raw, keeps, pace);
      this.messages = copied.rows;
      this.readingsGone = copied.valuesGone;
    }
    await this.copyFile(sidecar, this.paths.sidecar, keeps, pace);
  }

  private async copyFile(
    source: ParquetSource,
    target: string,
    keeps: (deviceId: number) => boolean,
    pace: () => Promise<void>,
  ): Promise<{ readonly rows: number; readonly valuesGone: number }> {
    const file = source.createAlike(target, this.part.span === "generation" ? "quick" : "compact");
    this.unfinished.push(file);
    const sum = { rows: 0, valuesGone: 0 };
    for (let group = 0; group < source.groups; group++) {
      const devices = await source.readDevices(group);
      const kept = await source.readKept(group, (row) => keeps(devices[row]!));
      if (kept.rows > 0) file.write(kept.columns);
      sum.rows += kept.rows;
      sum.valuesGone += kept.valuesGone;
      await pace();
    }
    return sum;
  }

  finish(): FinishedPart {
    const [raw, sidecar] = this.unfinished.map((file) => file.finish()) as [FileSums, FileSums];
    const readings = this.part.hasReadings ? this.part.readings - this.readingsGone : 0;
    return { messages: this.messages, readings, raw, sidecar };
  }

  async discard(): Promise<void> {
    for (const file of this.unfinished) file.close();
    await rm(this.paths.raw, { force: true });
    await rm(this.paths.sidecar, { force: true });
  }
}
