import { setImmediate as nextTurn } from "node:timers/promises";
import { isSluiceError } from "@sluice/core/errors.ts";
import { isTimed } from "@sluice/core/telemetry/aggregate.ts";
import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import type { Pool } from "pg";
import type { Clock } from "../platform/clock.ts";
import { LatestValues } from "./latest-values.ts";
import { aggregateQuarters, type Sources, type SummaryQuery } from "./parts/aggregate-readings.ts";
import { aggregateRows, readFromMicros } from "./parts/aggregate-rows.ts";
import { tooLong } from "./parts/duck-pool.ts";
import { NOTHING_SETTLED } from "./parts/nothing-settled.ts";
import { findLiveParts, type QueryPart } from "./parts/part-catalogue-store.ts";
import type { SettledReader } from "./parts/part-reader.ts";
import { asReadingRows } from "./parts/part-reading-rows.ts";
import { Tail } from "./parts/tail.ts";
import { readEach } from "./read-each.ts";
import { readSeries } from "./read-series.ts";
import type { AggregatedReadings, BucketQuery, LatestMessage, Series, SeriesQuery, TelemetryReader } from "./reader.ts";
import { openSlice } from "./slice.ts";
import {
  findSlices,
  findTail,
  findTailExtent,
  type LatestOf,
  type Queryable,
  type ReadingRange,
  readDeviceLast,
  readLatestBodies,
  type StoredSlice,
} from "./telemetry-store.ts";

/** Slices decoded before other work gets a turn: about a millisecond. */
const SLICES_A_TURN = 32;

export interface TelemetryReaderOptions {
  readonly pool: Pool;
  readonly partition: number;
  /** The owner's memory, in the process that has it; undefined while it has not loaded. */
  readonly latestValues: () => LatestValues | undefined;
  /** Reads what is settled; undefined where nothing ever is. */
  readonly partReader?: SettledReader | undefined;
  /** Ends queries that take too long, and tells what is under way; where there is none, neither. */
  readonly clock?: Clock | undefined;
}

/** From a query's beginning to its end; each of its statements has its own limit besides. */
const MAX_QUERY_MS = 120_000;

/**
 * Answers queries from sidecars, parts and the hot tail, which one snapshot of the catalogue tells apart; where the
 * partition's owner is in this process, latest values from its memory.
 */
export function createTelemetryReader(options: TelemetryReaderOptions): TelemetryReader {
  const { pool, partition, latestValues } = options;
  return {
    series: (query) =>
      withLimit(options, query, (signal) =>
        withSources(options, rangeOf(query), (parts, slices) =>
          joinSeries(options, parts, slices, { ...query, signal }),
        ),
      ),
    buckets: async (query) => {
      const { deviceIds, ...buckets } = await withLimit(options, query, (signal) =>
        aggregate(options, rangeOf(query), { ...query, signal }),
      );
      return buckets;
    },
    aggregate: (query) => withLimit(options, query, (signal) => aggregate(options, query, { ...query, signal })),
    each: (query) =>
      readEach(
        (range) => findExtent(options, range),
        (range, signal, answer) =>
          withLimit(options, { signal }, (limited) =>
            withSources(options, range, (parts, slices) => answer(parts, slices, limited)),
          ),
        options.partReader ?? NOTHING_SETTLED,
        query,
      ),
    latest: async (deviceId) => {
      const inMemory = latestValues();
      return inMemory === undefined ? readLatest(pool, partition, deviceId) : inMemory.latest(deviceId);
    },
    latestOf: async (deviceIds) => {
      const values = latestValues() ?? (await readLatestColumns(pool, partition, { deviceIds }));
      const found = deviceIds.map((deviceId) => [deviceId, values.latest(deviceId)] as const);
      return new Map(found.filter((entry): entry is [number, LatestMessage] => entry[1] !== undefined));
    },
    latestColumnsOf: async (deviceIds) => latestValues() ?? readLatestColumns(pool, partition, { deviceIds }),
    latestColumns: async (profileIds) => latestValues() ?? readLatestColumns(pool, partition, { profileIds }),
  };
}

/** Ends a query when nobody waits for it any more, or when it has taken too long. */
async function withLimit<T>(
  { clock }: TelemetryReaderOptions,
  { signal }: { readonly signal?: AbortSignal | undefined },
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (clock === undefined) return run(signal);
  const limit = new AbortController();
  const cancelLimit = clock.after(MAX_QUERY_MS, () => limit.abort(tooLong(MAX_QUERY_MS)));
  try {
    return await run(signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]));
  } finally {
    cancelLimit();
  }
}

function rangeOf({ deviceId, profileId, organizationId, fromMicros, toMicros }: SeriesQuery): ReadingRange {
  return { deviceIds: [deviceId], profileId, organizationId, fromMicros, toMicros };
}

async function joinSeries(
  { partReader = NOTHING_SETTLED }: TelemetryReaderOptions,
  parts: readonly QueryPart[],
  slices: readonly StoredSlice[],
  query: SeriesQuery,
): Promise<Series> {
  if (parts.length === 0) return readSeries(slices, query);
  const wanted = parts.map((part) => ({ part, windows: [[query.fromMicros, query.toMicros]] as const }));
  const rows = await partReader.readRows(wanted, [query.deviceId], query.metricNumbers, true, query.signal);
  return readSeries(slices, query, rows.map(asReadingRows));
}

function aggregate(
  options: TelemetryReaderOptions,
  range: ReadingRange,
  query: Omit<BucketQuery, "deviceId" | "profileId">,
): Promise<AggregatedReadings> {
  // What is wrong with them is told also where nothing is stored.
  bucketFinder(parseInterval(query.interval), query.zone);
  const wholeRange = { ...range, fromMicros: readFromMicros(query) };
  return withSources(options, wholeRange, async (parts, slices) => {
    const sources: Sources = { parts, tail: new Tail(slices), partReader: options.partReader ?? NOTHING_SETTLED };
    const metricNumbers = query.metricNumbers ?? (await metricsIn(sources));
    const { fromMicros, toMicros, interval, zone, aggregates } = query;
    const asked: SummaryQuery = {
      ...range,
      fromMicros,
      toMicros,
      interval,
      ...(zone === undefined ? {} : { zone }),
      aggregates,
      metricNumbers,
      signal: query.signal,
      nowMicros: options.clock?.nowMicros() ?? Number.POSITIVE_INFINITY,
    };
    const summaries = query.aggregates.some(isTimed) ? undefined : await aggregateQuarters(sources, asked);
    return summaries ?? aggregateRows(sources, asked);
  });
}

async function metricsIn({ parts, tail, partReader }: Sources): Promise<number[]> {
  return [...new Set([...(await partReader.metricsIn(parts)), ...tail.metricNumbers()])].sort((a, b) => a - b);
}

/**
 * One snapshot decides what is read from where. A file that is gone or changed beneath a query was replaced longer ago than
 * any query should take: a second snapshot tells that from one that is lost.
 */
async function withSources<T>(
  { pool, partition }: TelemetryReaderOptions,
  range: ReadingRange,
  answer: (parts: readonly QueryPart[], slices: readonly StoredSlice[]) => Promise<T>,
): Promise<T> {
  const take = () =>
    inSnapshot(pool, async (db) => {
      const parts = await findLiveParts(db, partition, range);
      const slices = await findTail(db, partition, range);
      return async () => ({ parts, slices });
    });
  const { parts, slices } = await take();
  try {
    return await answer(parts, slices);
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "telemetry.part_missing") throw error;
    const again = await take();
    const lost = error.details.part;
    if (again.parts.some(({ name, sidecarName }) => name === lost || sidecarName === lost)) throw error;
    return answer(again.parts, again.slices);
  }
}

async function findExtent({ pool, partition }: TelemetryReaderOptions, range: ReadingRange) {
  return inSnapshot(pool, async (db) => {
    const parts = await findLiveParts(db, partition, range);
    const slices = await findTailExtent(db, partition, range);
    return async () => ({ parts, slices });
  });
}

/** What the owner's memory would say, read from the store: snapshots of closed generations, then everything since. */
async function readLatest(pool: Pool, partition: number, deviceId: number): Promise<LatestMessage | undefined> {
  return inSnapshot(pool, async (db) => {
    const latest = new LatestValues();
    const bodies = await readDeviceLast(db, partition, deviceId);
    const slices = await findSlices(db, partition, deviceId, 0, Number.MAX_SAFE_INTEGER, ["open"]);
    return async () => {
      for (const { profileId, body } of bodies) latest.applySlice(profileId, openSlice(body));
      for (const { profileId, body } of slices) latest.applySlice(profileId, openSlice(body));
      return latest.latest(deviceId);
    };
  });
}

/** As `readLatest`, of many devices at once, decoded as they come. */
async function readLatestColumns(pool: Pool, partition: number, of: LatestOf): Promise<LatestValues> {
  return inSnapshot(pool, async (db) => {
    const latest = new LatestValues();
    for await (const bodies of readLatestBodies(db, partition, of)) {
      for (const [index, { profileId, body }] of bodies.entries()) {
        if (index % SLICES_A_TURN === SLICES_A_TURN - 1) await nextTurn();
        latest.applySlice(profileId, openSlice(body));
      }
    }
    return async () => latest;
  });
}

/**
 * Reads in one snapshot, so that a slice that is being repacked or moved is seen once, and decodes after the connection
 * is free again.
 */
async function inSnapshot<T>(pool: Pool, read: (db: Queryable) => Promise<() => Promise<T>>): Promise<T> {
  const client = await pool.connect();
  let decode: () => Promise<T>;
  try {
    await client.query("begin isolation level repeatable read read only");
    decode = await read(client);
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
  return decode();
}
