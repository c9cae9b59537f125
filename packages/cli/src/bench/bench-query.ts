import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { storedBytes } from "@sluice/server/telemetry/index.ts";
import { fillHistory, measureHistory, openHistoryFolder } from "./bench-history.ts";
import { describeRun, rounded } from "./bench-report.ts";
import { Latencies } from "./latencies.ts";
import { START_MICROS, type Store, withStore } from "./query-store.ts";
import { METRICS, microsAt, valueAt, type Workload } from "./workload.ts";

/** Queries asked of each fleet. */
const QUERIES = 500;
/** Messages a flush of the wide fleet: a million devices a minute are 16,667 a second, 333 in 20 ms. */
const WIDE_FLUSH = 333;

export interface QueryOptions {
  readonly wideDevices: number;
  readonly wideRounds: number;
  readonly slowReadings: number;
  readonly restartMessages: number;
  /** Of the fleet with a settled history; 0 leaves it out. */
  readonly historyDevices: number;
  readonly historyDays: number;
  readonly say: (text: string) => void;
}

interface FleetResult {
  readonly messages: number;
  readonly tailP50Ms: number | null;
  readonly tailP99Ms: number | null;
  readonly bytesPerReading: number | null;
  /** Messages of the asked tails that are missing or have another value. */
  readonly lost: number;
  /** Messages in them that nobody sent, or that are there twice. */
  readonly duplicated: number;
}

/**
 * The hot tail where it is hardest: a fleet so wide that each flush holds every device once at most, one so slow that each
 * flush holds one reading, and the start of an owner after a crash. Time is the benchmark's own; every value of the tails that
 * are asked for is checked, and those of other devices are not.
 */
export async function benchQuery(options: QueryOptions): Promise<Record<string, unknown>> {
  const { say: _say, ...config } = options;
  options.say(`a wide fleet: ${options.wideDevices.toLocaleString("en")} devices, ${options.wideRounds} rounds`);
  const wide = await withStore((store) => wideFleet(store, options));
  options.say(`a slow fleet: ${options.slowReadings.toLocaleString("en")} readings, one a flush`);
  const slow = await withStore((store) => slowFleet(store, options.slowReadings));
  options.say(`a start with ${options.restartMessages.toLocaleString("en")} messages hot`);
  const restart = await withStore((store) => restartAfterCrash(store, options.restartMessages));
  const history = options.historyDevices === 0 ? {} : { history: await settledHistory(options) };
  const duplicated = wide.duplicated + slow.duplicated;
  return { ...describeRun(config), wide, slow, restart, ...history, lost: wide.lost + slow.lost, duplicated };
}

async function settledHistory({ historyDevices, historyDays, say }: QueryOptions): Promise<Record<string, unknown>> {
  const size = { devices: historyDevices, days: historyDays };
  say(`${historyDevices} devices with a settled history of ${historyDays} days`);
  return withStore(async (store) => {
    // Whoever fills it opens a pipeline of its own.
    await store.pipeline.stop();
    const objects = await openHistoryFolder(store);
    await fillHistory(store, objects, { ...size, say });
    return measureHistory(store, objects, size);
  });
}

function fill(batch: MessageBatch, workload: Workload, from: number, to: number, metrics: number): void {
  batch.clear();
  for (let message = from; message < to; message++) {
    for (let metric = 0; metric < metrics; metric++) batch.addValue(metric, valueAt(workload, message, metric));
    batch.endMessage(1 + (message % workload.devices), microsAt(workload, message));
  }
}

async function wideFleet(store: Store, { wideDevices, wideRounds }: QueryOptions): Promise<FleetResult> {
  const messages = wideDevices * wideRounds;
  const workload = { devices: wideDevices, messages, startMicros: START_MICROS };
  const batch = new MessageBatch();
  for (let from = 0; from < messages; from += WIDE_FLUSH) {
    fill(batch, workload, from, Math.min(messages, from + WIDE_FLUSH), METRICS.length);
    store.nowMicros = START_MICROS + (from / wideDevices) * 60e6;
    await store.pipeline.offer(batch);
  }
  return measureTails(store, workload, METRICS.length);
}

async function slowFleet(store: Store, readings: number): Promise<FleetResult> {
  const workload = { devices: 1, messages: readings, startMicros: START_MICROS };
  const batch = new MessageBatch();
  for (let message = 0; message < readings; message++) {
    fill(batch, workload, message, message + 1, 1);
    store.nowMicros = START_MICROS + (message / readings) * 3600e6;
    await store.pipeline.offer(batch);
  }
  return measureTails(store, workload, 1);
}

/** Asks for whole tails of devices all over the fleet, and checks every value. */
async function measureTails(store: Store, workload: Workload, metrics: number): Promise<FleetResult> {
  const reader = store.reader();
  const latencies = new Latencies();
  let lost = 0;
  let duplicated = 0;
  for (let query = 0; query < QUERIES; query++) {
    const place = (query * 7919) % workload.devices;
    const began = performance.now();
    const series = await reader.series({ deviceId: 1 + place, fromMicros: 0, toMicros: 2 ** 52 });
    latencies.add(performance.now() - began);
    let row = 0;
    for (let message = place; message < workload.messages; message += workload.devices, row++) {
      const isRight = Array.from({ length: metrics }, (_, metric) =>
        Object.is(series.columns.get(metric)?.[row], valueAt(workload, message, metric)),
      ).every(Boolean);
      if (series.timesMicros[row] !== microsAt(workload, message) || !isRight) lost++;
    }
    duplicated += Math.max(0, series.timesMicros.length - row);
  }
  return {
    messages: workload.messages,
    duplicated,
    tailP50Ms: rounded(latencies.percentile(50)),
    tailP99Ms: rounded(latencies.percentile(99)),
    bytesPerReading: rounded((await storedBytes(store.pool)) / (workload.messages * metrics), 3),
    lost,
  };
}

async function restartAfterCrash(store: Store, messages: number): Promise<Record<string, unknown>> {
  const workload = { devices: 100_000, messages, startMicros: START_MICROS };
  const batch = new MessageBatch();
  for (let from = 0; from < messages; from += 10_000) {
    fill(batch, workload, from, Math.min(messages, from + 10_000), METRICS.length);
    await store.pipeline.offer(batch);
  }
  // The first owner is not stopped: its memory is of no use to the second, as after a crash.
  const crashed = store.pipeline;
  const began = performance.now();
  await store.open();
  const startMs = performance.now() - began;
  await crashed.stop();
  return { messages, startMs: rounded(startMs, 0) };
}
