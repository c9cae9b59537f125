/**
 * Quarter-hours that were kept for long enough become days, and days months. The sidecars of all of a profile's parts of one UTC
 * month become one, of wider rows, in a new part without readings, as compaction would: its row (writing), its file, a look at
 * it in the store, then one transaction in which it takes the place of the others, unless that is not due any more.
 *
 * All of them or none: a row of a day or month tells nothing of the times in between, so what was not put into it would be
 * taken for the same readings sent again. That is right of what arrives later, and wrong of what was there before.
 *
 * A row is labelled with the first quarter-hour that is in it, so that it never lies outside of its part.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { isSluiceError } from "@sluice/core/errors.ts";
import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import type { LeasedFile } from "../../platform/object-store.ts";
import type { RowPlace } from "../parts/merge-quarters.ts";
import type { PartShape } from "../parts/part-rows.ts";
import { abandonPart, insertPart, replaceByCoarser } from "../parts/part-store.ts";
import { dayOf, monthOfDay } from "../parts/periods.ts";
import { assertStored, leaseWhole } from "../parts/read-back.ts";
import { inTransactionOf, newNames, type SettlingContext, SettlingInterrupted } from "../parts/settling-context.ts";
import { SidecarFile } from "../parts/sidecar-file.ts";
import { SidecarReader } from "../parts/sidecar-reader.ts";
import type { FileSums } from "../parts/summed-file.ts";
import { notePartFailure } from "../parts/trouble-store.ts";
import { type FineMonth, type FinePart, findFineMonth, isStillDue } from "./fine-part-store.ts";
import { NOTICE_MS } from "./policies.ts";
import { earlierMicros, lockRetention } from "./retention-store.ts";

/** Of the rows of all sidecars that are in memory at once: of each, a piece of a row group. */
const MAX_OPEN_BYTES = 192 * 1024 * 1024;
const MIN_PIECE_ROWS = 256;
/** Of a metric in a row: nine doubles. */
const METRIC_BYTES = 72;
/** Months with damaged parts that one call passes by; the next goes on. */
const MAX_PASSED_BY = 64;
const INTERVALS = { day: "1d", month: "1mo" } as const;

/** Where the days of an organization begin. */
type ZoneOf = (organizationId: number) => Promise<string>;

/** What is due next, done; false when nothing is. It has to be due by this clock and by the database's. */
export async function coarsenNext(
  context: SettlingContext,
  zoneOf: ZoneOf,
  noticeMs = NOTICE_MS,
  nowMicros = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  for (let passedBy = 0; passedBy < MAX_PASSED_BY; passedBy++) {
    const month = await findFineMonth(context.db, context.partition, noticeMs);
    if (month === undefined) return false;
    try {
      await coarsen(context, { ...month, zone: await zoneOfMonth(month, zoneOf), nowMicros });
      return true;
    } catch (error) {
      if (!(error instanceof SidecarDamaged)) throw error;
      await notePartFailure(context.db, error.part.id, error.message);
    }
  }
  return false;
}

/** A part whose sidecar is not what its row says. */
class SidecarDamaged extends Error {
  readonly part: FinePart;

  constructor(part: FinePart, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.part = part;
  }
}

interface Coarsening extends FineMonth {
  readonly zone: string;
  readonly nowMicros: number;
}

/** What is days already stays in the zone of those days. */
async function zoneOfMonth({ parts }: FineMonth, zoneOf: ZoneOf): Promise<string> {
  const wide = parts.find(({ interval }) => interval !== "quarter");
  return wide?.zone ?? (await zoneOf(organizationOf(parts)));
}

/** Of a profile that was deleted in between, the earlier ones know whose it was. */
function organizationOf(parts: readonly FinePart[]): number {
  return parts.find(({ organizationId }) => organizationId !== 0)?.organizationId ?? 0;
}

interface Source {
  readonly part: FinePart;
  readonly file: LeasedFile;
  readonly reader: SidecarReader;
}

async function coarsen(context: SettlingContext, due: Coarsening): Promise<void> {
  const sources: Source[] = [];
  try {
    for (const part of due.parts) sources.push(await openSource(context, part));
    await replaceBy(context, due, sources);
  } finally {
    for (const { file, reader } of sources) {
      await reader.close();
      file.release();
    }
  }
}

async function openSource({ store }: SettlingContext, part: FinePart): Promise<Source> {
  const { sidecarName: name, sidecarBytes: bytes, sidecarChecksum: checksum } = part;
  const file = await leaseWhole(store, { name, bytes, checksum }).catch(damagedBy(part));
  try {
    return { part, file, reader: await SidecarReader.open(file.path) };
  } catch (error) {
    file.release();
    return damagedBy(part)(error);
  }
}

function damagedBy(part: FinePart): (cause: unknown) => never {
  return (cause) => {
    // A store that is out of reach says nothing of the part.
    throw isSluiceError(cause) && cause.retryable ? cause : new SidecarDamaged(part, cause);
  };
}

async function replaceBy(context: SettlingContext, due: Coarsening, sources: readonly Source[]): Promise<void> {
  const { db, store, writer, onStep } = context;
  const part = newPartOf(context, due);
  const id = await insertPart(db, part, writer);
  const file = path.join(store.scratchFolder, `${context.newUuid()}.sidecar`);
  try {
    await onStep?.("row-written");
    const made = await write(context, sources, file, due);
    await onStep?.("file-made");
    await store.put(part.sidecarName, { path: file, made });
    await onStep?.("sidecar-stored");
    await assertStored(store, part.sidecarName, made);
    await onStep?.("before-commit");
    const { bytes: sidecarBytes, checksum: sidecarChecksum, footerChecksum: sidecarFooterChecksum } = made;
    await commit(context, due, { id, sidecarBytes, sidecarChecksum, sidecarFooterChecksum });
    await onStep?.("committed");
  } catch (error) {
    await abandonPart(db, id, String(error)).catch(() => {});
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}

function newPartOf(context: SettlingContext, { parts, profileId }: Coarsening) {
  const [first] = parts as [FinePart, ...FinePart[]];
  const organizationId = organizationOf(parts);
  const month = monthOfDay(dayOf(first.minMicros));
  const { name, sidecarName } = newNames(organizationId, profileId, month, context.newUuid());
  return {
    organizationId,
    profileId,
    partition: context.partition,
    span: "month" as const,
    generation: Math.max(...parts.map(({ generation }) => generation)),
    sequence: Math.max(...parts.map(({ sequence }) => sequence)),
    minDevice: Math.min(...parts.map(({ minDevice }) => minDevice)),
    maxDevice: Math.max(...parts.map(({ maxDevice }) => maxDevice)),
    minMicros: Math.min(...parts.map(({ minMicros }) => minMicros)),
    maxMicros: Math.max(...parts.map(({ maxMicros }) => maxMicros)),
    hasVersions: parts.some(({ hasVersions }) => hasVersions),
    messages: sumOf(parts, ({ messages }) => messages),
    name,
    sidecarName,
    erasedThrough: Math.min(...parts.map(({ erasedThrough }) => erasedThrough)),
  };
}

function sumOf(parts: readonly FinePart[], read: (part: FinePart) => number): number {
  return parts.reduce((sum, part) => sum + read(part), 0);
}

interface WrittenSidecar {
  readonly id: number;
  readonly sidecarBytes: number;
  readonly sidecarChecksum: string;
  readonly sidecarFooterChecksum: string;
}

async function commit({ db }: SettlingContext, due: Coarsening, written: WrittenSidecar): Promise<void> {
  const { parts, profileId, wanted, zone } = due;
  await inTransactionOf(db, async () => {
    const retention = await lockRetention(db, profileId);
    if (retention.hold !== null) throw new SettlingInterrupted("the profile was held meanwhile");
    const nowMicros = await earlierMicros(db, due.nowMicros);
    if (!(await isStillDue(db, due, retention, nowMicros))) {
      throw new SettlingInterrupted("what was to become coarser is to be kept by now");
    }
    const part = { ...written, readings: sumOf(parts, ({ readings }) => readings), interval: wanted, zone };
    const ids = parts.map(({ id }) => id);
    if (!(await replaceByCoarser(db, ids, part))) throw new SettlingInterrupted("the parts changed meanwhile");
  });
}

async function write(
  { pace }: SettlingContext,
  sources: readonly Source[],
  file: string,
  { wanted, zone }: Coarsening,
): Promise<FileSums> {
  const shape = shapeOf(sources);
  const sidecar = new SidecarFile(file, shape, "compact");
  try {
    const pieceBytes = MAX_OPEN_BYTES / sources.length;
    const pieceRows = Math.max(MIN_PIECE_ROWS, Math.floor(pieceBytes / (METRIC_BYTES * Math.max(1, shape.keys.size))));
    const find = bucketFinder(parseInterval(INTERVALS[wanted]), zone);
    for await (const { deviceId, startMicros, places } of together(sources, find, pieceRows, pace)) {
      // The sources are in the order of arrival.
      const inOrder = places.toSorted((a, b) => a.source - b.source);
      sidecar.writeGone(deviceId, startMicros, inOrder);
    }
    return sidecar.finish();
  } finally {
    sidecar.close();
  }
}

function shapeOf(sources: readonly Source[]): PartShape {
  const keys = new Map(sources.flatMap(({ reader }) => [...reader.keys]).sort(([a], [b]) => a - b));
  return { keys, flagged: new Set(), hasExtras: false };
}

interface Place extends RowPlace {
  readonly source: number;
}

/** Rows of a device that become one. */
interface WideRow {
  readonly deviceId: number;
  readonly startMicros: number;
  readonly places: Place[];
}

async function* together(
  sources: readonly Source[],
  find: ReturnType<typeof bucketFinder>,
  pieceRows: number,
  pace: () => Promise<void>,
): AsyncGenerator<WideRow> {
  let open: WideRow | undefined;
  let endMicros = 0;
  for await (const place of inTime(sources.map((source, i) => placesOf(source, i, pieceRows, pace)))) {
    const deviceId = place.rows.deviceIds[place.row]!;
    const startMicros = place.rows.starts[place.row]!;
    if (open !== undefined && deviceId === open.deviceId && startMicros < endMicros) {
      open.places.push(place);
      continue;
    }
    if (open !== undefined) yield open;
    open = { deviceId, startMicros, places: [place] };
    endMicros = find(startMicros).endMicros;
  }
  if (open !== undefined) yield open;
}

/** Rows of all sources by device and beginning. */
async function* inTime(sources: readonly AsyncGenerator<Place, undefined>[]): AsyncGenerator<Place> {
  const places = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let first = -1;
    for (const [i, place] of places.entries()) {
      if (!place.done && (first < 0 || isBefore(place.value, places[first]!.value!))) first = i;
    }
    if (first < 0) return;
    yield places[first]!.value!;
    places[first] = await sources[first]!.next();
  }
}

async function* placesOf(
  { part, reader }: Source,
  source: number,
  pieceRows: number,
  pace: () => Promise<void>,
): AsyncGenerator<Place, undefined> {
  for (const [group, length] of reader.groups.entries()) {
    for (let from = 0; from < length; from += pieceRows) {
      const rows = await reader.readGroup(group, from, Math.min(from + pieceRows, length)).catch(damagedBy(part));
      await pace();
      for (let row = 0; row < rows.length; row++) yield { rows, row, source };
    }
  }
  return undefined;
}

function isBefore(a: Place, b: Place): boolean {
  const devices = a.rows.deviceIds[a.row]! - b.rows.deviceIds[b.row]!;
  return devices < 0 || (devices === 0 && a.rows.starts[a.row]! < b.rows.starts[b.row]!);
}
