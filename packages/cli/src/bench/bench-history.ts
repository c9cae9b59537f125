import { randomUUID } from "node:crypto";
import path from "node:path";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { GENERATION_LIMITS } from "@sluice/server/pipeline/index.ts";
import { type Clock, systemClock } from "@sluice/server/platform/clock.ts";
import { createFolderObjectStore, prepareFolder } from "@sluice/server/platform/object-store/folder-object-store.ts";
import type { ObjectStore } from "@sluice/server/platform/object-store.ts";
import { createPartReader, runSettlingRound, type TelemetryReader } from "@sluice/server/telemetry/index.ts";
import { rounded } from "./bench-report.ts";
import { ageParts, readHistorySize } from "./history-store.ts";
import { Latencies } from "./latencies.ts";
import type { Store } from "./query-store.ts";
import { valueAt, type Workload } from "./workload.ts";

const DAY_MICROS = 86_400_000_000;
/** The fleet whose history is asked for: each device says four metrics every five minutes. */
const FLEET_METRICS = 4;
const FLEET_STEP_MICROS = 300_000_000;
const ROUNDS_A_DAY = DAY_MICROS / FLEET_STEP_MICROS;
/** Beside it, stations that say all of five metrics each second, for two hours; of the last one a part is hot. */
const STATIONS = 20;
const STATION_METRICS = 5;
const FIRST_STATION = 1_000_001;
const STATION_SECONDS = 7200;
const SETTLED_SECONDS = 5400;
/** Messages of one flush. */
const FLUSH = 10_000;
/** Generations between two rounds of settling. */
const DAYS_A_ROUND = 8;
const QUERIES = 100;
const SLOW_QUERIES = 5;

export interface HistoryOptions {
  readonly devices: number;
  readonly days: number;
  readonly say: (text: string) => void;
}

/** Fills a store with settled and compacted history, by the pipeline and the settler of a server; the end of it stays hot. */
export async function fillHistory(store: Store, objects: ObjectStore, options: HistoryOptions): Promise<void> {
  const { devices, days, say } = options;
  const startMicros = historyStart(days);
  const messages = devices * ROUNDS_A_DAY * days;
  const workload: Workload = { devices, messages, startMicros };
  await store.open({ ...GENERATION_LIMITS, maxMessages: devices * ROUNDS_A_DAY });
  const batch = new MessageBatch();
  const perRound = devices * ROUNDS_A_DAY * DAYS_A_ROUND;
  for (let from = 0; from < messages; from += FLUSH) {
    const to = Math.min(messages, from + FLUSH);
    batch.clear();
    for (let message = from; message < to; message++) {
      for (let metric = 0; metric < FLEET_METRICS; metric++) batch.addValue(metric, valueAt(workload, message, metric));
      batch.endMessage(1 + (message % devices), startMicros + Math.floor(message / devices) * FLEET_STEP_MICROS);
    }
    store.nowMicros = startMicros + Math.floor(from / devices) * FLEET_STEP_MICROS;
    await store.pipeline.offer(batch);
    if (Math.floor(from / perRound) !== Math.floor(to / perRound)) {
      say(`${to.toLocaleString("en")} of ${messages.toLocaleString("en")} messages`);
      await settle(store, objects);
    }
  }
  await fillStations(store, stationsStart(days), 0, SETTLED_SECONDS);
  await store.pipeline.stop();
  // Whoever opens it next begins a generation of its own age: what lies there now is old enough to be closed.
  store.nowMicros += GENERATION_LIMITS.maxSmallAgeMicros;
  await store.open({ ...GENERATION_LIMITS, maxMessages: STATIONS });
  await fillStations(store, stationsStart(days), SETTLED_SECONDS, SETTLED_SECONDS + 1);
  await settle(store, objects);
  await store.pipeline.stop();
  await store.open();
  await fillStations(store, stationsStart(days), SETTLED_SECONDS + 1, STATION_SECONDS);
}

/** Of the fleet; a whole number of days ago, and old enough for its last day to be compacted. */
export function historyStart(days: number): number {
  const today = Math.floor(systemClock.nowMicros() / DAY_MICROS);
  return (today - days - 3) * DAY_MICROS;
}

function stationsStart(days: number): number {
  return historyStart(days) + days * DAY_MICROS;
}

async function fillStations(store: Store, startMicros: number, from: number, to: number): Promise<void> {
  const workload: Workload = { devices: STATIONS, messages: STATIONS * STATION_SECONDS, startMicros };
  const batch = new MessageBatch();
  for (let second = from; second < to; second++) {
    batch.clear();
    for (let station = 0; station < STATIONS; station++) {
      const message = second * STATIONS + station;
      for (let metric = 0; metric < STATION_METRICS; metric++)
        batch.addValue(metric, valueAt(workload, message, metric));
      batch.endMessage(FIRST_STATION + station, startMicros + second * 1_000_000);
    }
    store.nowMicros = startMicros + second * 1_000_000;
    await store.pipeline.offer(batch);
  }
}

/** A round that is not held back for anybody. */
async function settle(store: Store, objects: ObjectStore): Promise<void> {
  const clock: Clock = { ...systemClock, after: (_ms, callback) => systemClock.after(0, callback) };
  const round = () =>
    runSettlingRound({
      connectionString: store.url,
      store: objects,
      clock,
      newUuid: randomUUID,
      sweepsOrphans: false,
      isStopping: () => false,
    });
  for (let report = await round(); report.hasMore || report.compacted > 0; report = await round()) {
    await ageParts(store.pool);
  }
}

export async function openHistoryFolder(store: Store): Promise<ObjectStore> {
  const folder = path.join(store.home, "objects");
  await prepareFolder(folder);
  return createFolderObjectStore(folder);
}

/** Every answer is counted; the first of each kind, for which files may have to be opened, is told apart. */
export async function measureHistory(
  store: Store,
  objects: ObjectStore,
  { devices, days }: Omit<HistoryOptions, "say">,
): Promise<Record<string, unknown>> {
  const partReader = createPartReader(objects, systemClock);
  const reader = store.reader(partReader);
  const start = historyStart(days);
  const end = start + days * DAY_MICROS;
  const count = Math.min(100, devices);
  const scattered = Array.from({ length: count }, (_, i) => 1 + i * Math.floor(devices / count));
  const neighbours = Array.from({ length: count }, (_, i) => 1 + Math.floor((devices - count) / 2) + i);
  const month = (turn: number) => start + ((turn * 7) % Math.max(1, days - 30)) * DAY_MICROS;
  try {
    return {
      ...(await readHistorySize(store.pool)),
      hourlyMeans100Devices30Days: await measure(QUERIES, 1, (turn) =>
        hourlyMeans(reader, neighbours, month(turn), Math.min(30, days)),
      ),
      hourlyMeans100ScatteredDevices30Days: await measure(QUERIES, 1, (turn) =>
        hourlyMeans(reader, scattered, month(turn), Math.min(30, days)),
      ),
      dailyMeansOfAYear: await measure(QUERIES, 1, (turn) =>
        dailyMeans(reader, 1 + ((turn * 37) % devices), start, end),
      ),
      hourOf1HzWithTail: await measure(QUERIES, 1, (turn) =>
        hourOfStation(reader, turn % STATIONS, stationsStart(days)),
      ),
      dailyMaximumOfAll: await measure(SLOW_QUERIES, 1, () => dailyMaximum(reader, start, end)),
    };
  } finally {
    await partReader.stop();
  }
}

interface Measured {
  readonly rows: number;
  readonly firstMs: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

async function measure(queries: number, warm: number, ask: (turn: number) => Promise<number>): Promise<Measured> {
  const latencies = new Latencies();
  let firstMs: number | undefined;
  let rows = 0;
  for (let turn = 0; turn < queries + warm; turn++) {
    const began = performance.now();
    rows = await ask(turn);
    const tookMs = performance.now() - began;
    firstMs ??= tookMs;
    if (turn >= warm) latencies.add(tookMs);
  }
  return {
    rows,
    firstMs: rounded(firstMs),
    p50Ms: rounded(latencies.percentile(50)),
    p99Ms: rounded(latencies.percentile(99)),
  };
}

async function hourlyMeans(reader: TelemetryReader, deviceIds: readonly number[], fromMicros: number, days: number) {
  const toMicros = fromMicros + days * DAY_MICROS;
  const query = { profileId: 1, deviceIds, metricNumbers: [0], fromMicros, toMicros, interval: "1h" };
  const { timesMicros } = await reader.aggregate({ ...query, aggregates: ["mean"] });
  return expectRows(timesMicros.length, deviceIds.length * days * 24);
}

async function dailyMeans(reader: TelemetryReader, deviceId: number, fromMicros: number, toMicros: number) {
  const query = { deviceId, profileId: 1, metricNumbers: [0], fromMicros, toMicros, interval: "1d" };
  const { timesMicros } = await reader.buckets({ ...query, aggregates: ["mean"] });
  return expectRows(timesMicros.length, (toMicros - fromMicros) / DAY_MICROS);
}

async function hourOfStation(reader: TelemetryReader, station: number, startMicros: number) {
  const fromMicros = startMicros + (STATION_SECONDS - 3600) * 1_000_000;
  const toMicros = fromMicros + 3600 * 1_000_000;
  const series = await reader.series({ deviceId: FIRST_STATION + station, profileId: 2, fromMicros, toMicros });
  return expectRows(series.timesMicros.length, 3600);
}

async function dailyMaximum(reader: TelemetryReader, fromMicros: number, toMicros: number) {
  const query = { profileId: 1, metricNumbers: [0, 1, 2, 3], fromMicros, toMicros, interval: "1d" };
  const { timesMicros } = await reader.aggregate({ ...query, aggregates: ["max"] });
  return timesMicros.length;
}

/** A fast answer that is not whole is none. */
function expectRows(rows: number, expected: number): number {
  if (rows !== expected) throw new Error(`the answer has ${rows} rows instead of ${expected}`);
  return rows;
}
