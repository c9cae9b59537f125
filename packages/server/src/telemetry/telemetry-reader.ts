import { setImmediate as nextTurn } from "node:timers/promises";
import { aggregateColumn, splitIntoBuckets } from "@sluice/core/telemetry/aggregate.ts";
import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import type { Pool } from "pg";
import { LatestValues } from "./latest-values.ts";
import { readSeries } from "./read-series.ts";
import type { BucketedSeries, BucketQuery, LatestMessage, Series, SeriesQuery, TelemetryReader } from "./reader.ts";
import { openSlice } from "./slice.ts";
import { findSlices, type LatestOf, type Queryable, readDeviceLast, readLatestBodies } from "./telemetry-store.ts";

/** Slices decoded before other work gets a turn: about a millisecond. */
const SLICES_A_TURN = 32;

export interface TelemetryReaderOptions {
  readonly pool: Pool;
  readonly partition: number;
  /** The owner's memory, in the process that has it; undefined while it has not loaded. */
  readonly latestValues: () => LatestValues | undefined;
}

/** Answers queries from the hot tail; where the partition's owner is in this process, latest values from its memory. */
export function createTelemetryReader({ pool, partition, latestValues }: TelemetryReaderOptions): TelemetryReader {
  const series = (query: SeriesQuery) =>
    inSnapshot(pool, async (db) => {
      const slices = await findSlices(db, partition, query.deviceId, query.fromMicros, query.toMicros);
      return () => readSeries(slices, query);
    });
  return {
    series,
    buckets: async (query) => bucketSeries(await series(query), query),
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

export function bucketSeries(whole: Series, query: BucketQuery): BucketedSeries {
  const find = bucketFinder(parseInterval(query.interval), query.zone);
  const { timesMicros, valuesOf } = withValues(whole);
  const { startsMicros, ends } = splitIntoBuckets(timesMicros, find);
  const columns = new Map(
    [...valuesOf].map(([metric, values]) => [
      metric,
      new Map(query.aggregates.map((aggregate) => [aggregate, aggregateColumn(values, ends, aggregate)])),
    ]),
  );
  return { timesMicros: Float64Array.from(startsMicros), columns };
}

/** The times at which any of the columns has a valid value: other times make no bucket. */
function withValues({ timesMicros, columns: measured, flags }: Series) {
  const columns = new Map([...measured].map(([metric, values]) => [metric, validOnly(values, flags.get(metric))]));
  const all = [...columns.values()];
  const rows = Int32Array.from({ length: timesMicros.length }, (_, row) => row).filter((row) =>
    all.some((values) => !Number.isNaN(values[row])),
  );
  const pick = (from: Float64Array) => Float64Array.from(rows, (row) => from[row]!);
  return {
    timesMicros: pick(timesMicros),
    valuesOf: new Map([...columns].map(([metric, values]) => [metric, pick(values)])),
  };
}

function validOnly(values: Float64Array, flags: Uint8Array | undefined): Float64Array {
  return flags === undefined ? values : values.map((value, row) => (flags[row] === 0 ? value : Number.NaN));
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
