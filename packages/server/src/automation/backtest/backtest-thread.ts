import os from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { SluiceError } from "@sluice/core/errors.ts";
import { systemClock } from "../../platform/clock.ts";
import { type ObjectStoreSettings, openObjectStore } from "../../platform/object-store/open-object-store.ts";
import { connectClient } from "../../platform/postgres.ts";
import { createPartReader, type PartReader } from "../../telemetry/index.ts";
import type { BacktestResult } from "./backtest-job.ts";
import type { ThreadAnswer, ThreadData } from "./backtester.ts";
import { runBacktest } from "./run-backtest.ts";

/** The thread of one backtest: it has a connection of its own, in one snapshot that only reads. */
const { connectionString, objectStore, job, limitMs } = workerData as ThreadData;

// Of a thread alone on Linux; elsewhere it would slow the whole server down.
if (process.platform === "linux") os.setPriority(0, os.constants.priority.PRIORITY_BELOW_NORMAL);

parentPort!.postMessage(await answer());

async function answer(): Promise<ThreadAnswer> {
  try {
    return { result: await run() };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { failure: { kind: error.kind, code: error.code, message: error.message } };
  }
}

async function run(): Promise<BacktestResult> {
  const client = await connectClient(connectionString, "backtest");
  const partReader = objectStore && (await openPartReader(objectStore));
  try {
    await client.query(`set statement_timeout = ${limitMs}; set idle_in_transaction_session_timeout = ${limitMs}`);
    await client.query("begin isolation level repeatable read read only");
    return await runBacktest({ db: client, partReader }, job);
  } finally {
    await partReader?.stop();
    await client.end();
  }
}

async function openPartReader(settings: ObjectStoreSettings): Promise<PartReader> {
  return createPartReader(await openObjectStore(settings, systemClock), systemClock);
}
