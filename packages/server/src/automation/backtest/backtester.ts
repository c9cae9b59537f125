import { Worker } from "node:worker_threads";
import { type ErrorKind, SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ObjectStoreSettings } from "../../platform/object-store/open-object-store.ts";
import type { BacktestJob, BacktestResult } from "./backtest-job.ts";

/** A month at 1 Hz of ten devices takes about ten seconds of a core; on a busy machine it may be a few times as long. */
export const MAX_BACKTEST_MS = 120_000;
/** At the same time in one process: each takes a core, and up to half a gigabyte. */
export const MAX_BACKTESTS = 1;
const MAX_HEAP_MB = 512;
const BUSY_RETRY_MS = 5_000;

export interface BacktesterOptions {
  readonly connectionString: string;
  /** Where settled readings lie; undefined where nothing ever settles. */
  readonly objectStore?: ObjectStoreSettings | undefined;
  readonly clock: Clock;
  readonly maxBacktestMs?: number;
}

/** What the thread is given, and what it answers. */
export interface ThreadData {
  readonly connectionString: string;
  readonly objectStore: ObjectStoreSettings | undefined;
  readonly job: BacktestJob;
  /** Statements that take longer are given up: whoever waited for them has gone. */
  readonly limitMs: number;
}
export type ThreadAnswer =
  | { readonly result: BacktestResult }
  | { readonly failure: { readonly kind: ErrorKind; readonly code: string; readonly message: string } };

/**
 * Runs backtests in threads of their own, so that readings are taken in meanwhile: on Linux the thread is also given less of
 * the processor than the rest of the server. A thread ends with its answer, its time, its caller's interest, or this process.
 */
export class Backtester {
  private readonly options: BacktesterOptions;
  private readonly threads = new Set<Worker>();

  constructor(options: BacktesterOptions) {
    this.options = options;
  }

  /** Throws `backtest.busy`, `backtest.too_long`, `backtest.too_large`, and the signal's reason once it is aborted. */
  async run(job: BacktestJob, signal: AbortSignal): Promise<BacktestResult> {
    signal.throwIfAborted();
    if (this.threads.size >= MAX_BACKTESTS) throw busy();
    const limitMs = this.options.maxBacktestMs ?? MAX_BACKTEST_MS;
    const { connectionString, objectStore } = this.options;
    const workerData: ThreadData = { connectionString, objectStore, job, limitMs };
    const thread = new Worker(new URL("./backtest-thread.ts", import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    this.threads.add(thread);
    const over = Promise.withResolvers<never>();
    const cancelLimit = this.options.clock.after(limitMs, () => over.reject(tooLong(limitMs)));
    const abort = () => over.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([answerOf(thread), over.promise]);
    } finally {
      cancelLimit();
      signal.removeEventListener("abort", abort);
      await thread.terminate();
      this.threads.delete(thread);
    }
  }

  /** Ends what is under way; its callers are told `backtest.stopped`. */
  async stop(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }
}

function answerOf(thread: Worker): Promise<BacktestResult> {
  return new Promise((resolve, reject) => {
    thread.once("message", (answer: ThreadAnswer) => {
      if ("result" in answer) resolve(answer.result);
      else reject(new SluiceError(answer.failure.kind, answer.failure.code, answer.failure.message));
    });
    thread.once("error", (error) => reject(isOutOfMemory(error) ? tooLarge(error) : error));
    thread.once("exit", () => reject(stopped()));
  });
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY";
}

function busy(): SluiceError {
  const message = "Another backtest is under way; try again when it has ended.";
  return new SluiceError("unavailable", "backtest.busy", message, { retryAfterMs: BUSY_RETRY_MS });
}

function tooLong(limitMs: number): SluiceError {
  const message = `The backtest took longer than ${limitMs / 1000} s: shorten its period, or name fewer devices.`;
  return new SluiceError("limit", "backtest.too_long", message, { details: { limitMs } });
}

function tooLarge(cause: unknown): SluiceError {
  const message = "The backtest needed more memory than it may have: shorten its period, or name fewer devices.";
  return new SluiceError("limit", "backtest.too_large", message, { cause });
}

function stopped(): SluiceError {
  return new SluiceError("unavailable", "backtest.stopped", "The server is being stopped; ask again.");
}
