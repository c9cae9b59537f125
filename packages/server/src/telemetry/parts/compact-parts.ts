/**
 * Compaction: parts of one organization, profile and UTC day become one, and those of a month. It resolves the versions that
 * lie in different parts, and makes the sidecar anew from what it wrote.
 *
 * A source is looked at before it is replaced: its bytes, its checksum, its messages and readings are those of its row, and what
 * came out is what went in without what later versions replaced. One that is damaged stays as it is, is noted, and keeps nothing
 * else waiting but what may not be merged past it.
 */
import { isSluiceError } from "@sluice/core/errors.ts";
import type { LeasedFile, ObjectStore } from "../../platform/object-store.ts";
import { type Compaction, findCompaction } from "./find-compaction.ts";
import { MergeTally, mergeParts, SourceUnreadable, shapeOfParts } from "./merge-parts.ts";
import { type LivePart, readNeighbours, replaceParts, type WrittenPart } from "./part-store.ts";
import { PartWriter } from "./part-writer.ts";
import { dayOf, monthOfDay } from "./periods.ts";
import { RawReader } from "./raw-reader.ts";
import { leaseWhole } from "./read-back.ts";
import { inTransactionOf, newNames, type SettlingContext, SettlingInterrupted, writePart } from "./settling-context.ts";
import { notePartFailure } from "./trouble-store.ts";

/** What the open row groups of all sources may take: fewer are merged at once when they take more. */
const MAX_OPEN_BYTES = 256 * 1024 * 1024;
/** Damaged sources that one call passes by; the next goes on. */
const MAX_PASSED_BY = 64;

/** Merges what is due next; undefined when nothing is. */
export async function compactNext(context: SettlingContext, nowMicros: number): Promise<WrittenPart | undefined> {
  for (let passedBy = 0; passedBy < MAX_PASSED_BY; passedBy++) {
    const due = findCompaction(await readNeighbours(context.db, context.partition), nowMicros);
    if (due === undefined) return undefined;
    try {
      return await compact(context, due);
    } catch (error) {
      if (!(error instanceof SourceDamaged)) throw error;
      await notePartFailure(context.db, error.part.id, error.message);
    }
  }
  return undefined;
}

/** A part that is not what its row says. */
class SourceDamaged extends Error {
  readonly part: LivePart;

  constructor(part: LivePart, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.part = part;
  }
}

async function compact(context: SettlingContext, { span, parts: wanted }: Compaction): Promise<WrittenPart> {
  const { store, db, onStep } = context;
  const opened = await openSources(context, wanted);
  try {
    const parts = opened.map(({ part }) => part);
    const readers = opened.map(({ reader }) => reader);
    const shape = shapeOfParts(readers);
    const part = { ...describeMerged(context, parts), span };
    const openWriter = () => new PartWriter(store.scratchFolder, part.uuid, shape, "compact");
    const written = await writePart(context, part, openWriter, async (writer) => {
      const tally = new MergeTally();
      for await (const rows of mergeParts(readers, shape, tally)) {
        writer.write(rows);
        await context.pace();
      }
      assertMerged(parts, tally, writer);
    });
    await onStep?.("before-commit");
    await inTransactionOf(db, async () => {
      const replaced = parts.map(({ id }) => id);
      if (!(await replaceParts(db, replaced, written))) throw new SettlingInterrupted(SUPERSEDED);
    });
    await onStep?.("committed");
    return written;
  } catch (error) {
    throw error instanceof SourceUnreadable ? new SourceDamaged(opened[error.source]!.part, error) : error;
  } finally {
    await closeSources(opened);
  }
}

interface Source {
  readonly part: LivePart;
  readonly file: LeasedFile;
  readonly reader: RawReader;
}

/** As many of the wanted, from the earliest on, as fit the memory, but two at least. */
async function openSources({ store }: SettlingContext, wanted: readonly LivePart[]): Promise<Source[]> {
  const opened: Source[] = [];
  let openBytes = 0;
  try {
    for (const part of wanted) {
      const source = await openSource(store, part);
      opened.push(source);
      openBytes += source.reader.largestGroupBytes;
      if (opened.length <= 2 || openBytes <= MAX_OPEN_BYTES) continue;
      await closeSources([opened.pop()!]);
      break;
    }
    return opened;
  } catch (error) {
    await closeSources(opened);
    throw error;
  }
}

async function openSource(store: ObjectStore, part: LivePart): Promise<Source> {
  const file = await leaseWhole(store, part).catch(damagedBy(part));
  try {
    return { part, file, reader: await RawReader.open(file.path) };
  } catch (error) {
    file.release();
    return damagedBy(part)(error);
  }
}

async function closeSources(sources: readonly Source[]): Promise<void> {
  for (const { file, reader } of sources) {
    await reader.close();
    file.release();
  }
}

function damagedBy(part: LivePart): (cause: unknown) => never {
  return (cause) => {
    // A store that is out of reach says nothing of the part.
    throw isSluiceError(cause) && cause.retryable ? cause : new SourceDamaged(part, cause);
  };
}

/** What the merged part is before it is written. */
function describeMerged(context: SettlingContext, parts: readonly LivePart[]) {
  const newest = parts.at(-1)!;
  // Of a profile that was deleted in between, the earlier ones know whose it was.
  const organizationId = parts.find((part) => part.organizationId !== 0)?.organizationId ?? 0;
  const month = monthOfDay(dayOf(newest.minMicros));
  return {
    organizationId,
    profileId: newest.profileId,
    partition: context.partition,
    generation: Math.max(...parts.map(({ generation }) => generation)),
    sequence: newest.sequence,
    minDevice: Math.min(...parts.map(({ minDevice }) => minDevice)),
    maxDevice: Math.max(...parts.map(({ maxDevice }) => maxDevice)),
    minMicros: Math.min(...parts.map(({ minMicros }) => minMicros)),
    maxMicros: Math.max(...parts.map(({ maxMicros }) => maxMicros)),
    erasedThrough: Math.min(...parts.map(({ erasedThrough }) => erasedThrough)),
    hasVersions: parts.some(({ hasVersions }) => hasVersions),
    messages: parts.reduce((sum, { messages }) => sum + messages, 0),
    ...newNames(organizationId, newest.profileId, month, context.newUuid()),
  };
}

function assertMerged(parts: readonly LivePart[], tally: MergeTally, { facts }: PartWriter): void {
  let messages = 0;
  let readings = 0;
  parts.forEach((part, i) => {
    const found = tally.sources[i]!;
    if (found.messages !== part.messages || found.readings !== part.readings) {
      const held = `it holds ${found.messages} messages and ${found.readings} readings`;
      throw new SourceDamaged(part, `${held}, not ${part.messages} and ${part.readings}`);
    }
    messages += found.messages;
    readings += found.readings;
  });
  const isWhole =
    messages === facts.messages + tally.replacedMessages && readings === facts.readings + tally.replacedReadings;
  if (isWhole) return;
  const what = `of ${messages} messages and ${readings} readings, ${JSON.stringify(facts)} were merged`;
  throw new SourceDamaged(parts.at(-1)!, what);
}

const SUPERSEDED = "the parts that were merged are live no more, or the merged one was abandoned";
