import os from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { SluiceError } from "@sluice/core/errors.ts";
import { connectClient } from "../../platform/postgres.ts";
import type { BacktestResult } from "./backtest-job.ts";
import type { ThreadAnswer, ThreadData } from "./backtester.ts";
import { runBacktest } from "./run-backtest.ts";

/** The thread of one backtest: it has a connection of its own, in one snapshot that only reads. */
const { connectionString, job, limitMs } = workerData as ThreadData;

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
  try {
    await client.query(`set statement_timeout = ${limitMs}; set idle_in_transaction_session_timeout = ${limitMs}`);
    await client.query("begin isolation level repeatable read read only");
    return await runBacktest(client, job);
  } finally {
    await client.end();
  }
}
