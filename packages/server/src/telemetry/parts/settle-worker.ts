import { Worker } from "node:worker_threads";
import type { Pool } from "pg";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { ObjectStoreSettings } from "../../platform/object-store/open-object-store.ts";
import { PollingWorker, type WorkerHealth } from "../../platform/polling-worker.ts";
import { hasSettlingWork, readDatabaseMs } from "./part-store.ts";
import { NOTHING_DONE, type RoundError, type RoundReport, type RoundStep } from "./round-report.ts";
import { SWEEP_LIMITS } from "./sweep-parts.ts";

/** A closed generation waits this long at most; its readings are read from its table meanwhile. */
const POLL_MS = 10_000;
/** A round besides, for what no row tells of: days that are over, files of nobody. */
const REGULAR_MS = 3600_000;
/** A process that starts has other things to do at first. */
const FIRST_REGULAR_MS = 60_000;
const MAX_HEAP_MB = 512;
/** A round that was told to stop ends between two row groups; one that hangs in a request is ended like this. */
const STOP_MS = 10_000;
/** What failed waits so much longer each time, and keeps nothing else waiting… */
const RETRY_GROWTH = 2;
/** …up to this. */
const MAX_RETRY_MS = 600_000;
/** Of these every poll finds out whether they go by now: ingest waits for settling, and a generation has a pause of its own. */
const TRIED_AT_EACH_POLL: ReadonlySet<RoundStep> = new Set(["partition", "settle"]);
/** The database's clock and this process's drift apart by less than this between two looks. */
const CLOCK_JUMP_MS = 60_000;

export interface SettleWorkerOptions {
  readonly pool: Pool;
  readonly connectionString: string;
  readonly objectStore: ObjectStoreSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the thread is given. It answers a `RoundReport`; any message tells it to stop. */
export interface SettleThreadData {
  readonly connectionString: string;
  readonly objectStore: ObjectStoreSettings;
  readonly sweepsOrphans: boolean;
  readonly deletes: boolean;
  readonly skips: readonly RoundStep[];
}

interface FailedStep {
  readonly failures: number;
  readonly dueMs: number;
  readonly message: string;
}

/**
 * Moves closed generations into parts, merges parts, and sweeps, each round in a thread of its own that gives its memory back
 * when it ends. As many processes may run it as like: a lock a partition lets one of them work.
 */
export class SettleWorker extends PollingWorker {
  private readonly options: SettleWorkerOptions;
  private thread: Worker | undefined;
  private regularDueMs: number | undefined;
  /** Those whose last attempt failed. */
  private readonly failed = new Map<RoundStep, FailedStep>();
  private lastLook: { readonly databaseMs: number; readonly monotonicMs: number } | undefined;
  /** By the clock that only goes on. */
  private deletesFromMs = Number.NEGATIVE_INFINITY;

  constructor(options: SettleWorkerOptions) {
    super({ ...options, name: "settling", failure: "readings could not be settled, or files not swept" });
    this.options = options;
  }

  protected override async round(): Promise<void> {
    const { pool, clock } = this.options;
    await this.lookAtClock();
    const nowMs = clock.monotonicMs();
    this.regularDueMs ??= nowMs + FIRST_REGULAR_MS;
    const isRegular = nowMs >= this.regularDueMs;
    const isDue = isRegular || [...this.failed.values()].some(({ dueMs }) => dueMs <= nowMs);
    if (!isDue && !(await hasSettlingWork(pool, SWEEP_LIMITS.readGraceMs))) return;
    // Before the round: one that fails is tried again soon, but does not look through the whole store each time.
    if (isRegular) this.regularDueMs = nowMs + REGULAR_MS;
    await this.runThreads(isRegular);
  }

  /** What still waits to be tried again counts, whatever the last round did besides. */
  override health(): WorkerHealth {
    const health = super.health();
    const waiting = [...this.failed.values()].map(({ message }) => message).join(" ");
    return waiting === "" ? health : { ...health, lastError: health.lastError ?? waiting };
  }

  private async runThreads(isRegular: boolean): Promise<void> {
    const { logger } = this.options;
    const messages: string[] = [];
    for (let sweepsOrphans = isRegular; this.isRunning; sweepsOrphans = false) {
      const skips = this.stepsToSkip(sweepsOrphans);
      const { errors, ...report } = await this.runThread(sweepsOrphans, skips);
      if (report.settled + report.compacted > 0) logger.info(report, "readings settled");
      this.note(errors, skips);
      messages.push(...errors.map(({ message }) => message));
      if (!report.hasMore) break;
    }
    if (messages.length > 0) throw new Error(messages.join(" "));
  }

  private stepsToSkip(sweepsOrphans: boolean): RoundStep[] {
    const nowMs = this.options.clock.monotonicMs();
    const waiting = [...this.failed].filter(([, { dueMs }]) => dueMs > nowMs).map(([step]) => step);
    return sweepsOrphans ? waiting.filter((step) => step !== "orphans") : [...waiting, "orphans"];
  }

  /** Of a partition that cannot be worked on at all, nothing is known of its steps. */
  private note(errors: readonly RoundError[], skips: readonly RoundStep[]): void {
    const nowMs = this.options.clock.monotonicMs();
    const isKnown = !errors.some(({ step }) => step === "partition");
    for (const step of this.failed.keys()) {
      if (!skips.includes(step) && (isKnown || step === "partition") && !errors.some((error) => error.step === step)) {
        this.failed.delete(step);
      }
    }
    for (const [step, ofStep] of Map.groupBy(errors, (error) => error.step)) {
      const failures = (this.failed.get(step)?.failures ?? 0) + 1;
      const pauseMs = TRIED_AT_EACH_POLL.has(step) ? POLL_MS : POLL_MS * RETRY_GROWTH ** failures;
      // The whole store is looked through at its own time.
      const dueMs = step === "orphans" ? Number.POSITIVE_INFINITY : nowMs + Math.min(MAX_RETRY_MS, pauseMs);
      this.failed.set(step, { failures, dueMs, message: ofStep.map(({ message }) => message).join(" ") });
    }
  }

  /** Graces are judged by the database's clock. When that was set, whatever it says is past its grace waits another. */
  private async lookAtClock(): Promise<void> {
    const { pool, clock } = this.options;
    const databaseMs = await readDatabaseMs(pool);
    const monotonicMs = clock.monotonicMs();
    const last = this.lastLook ?? { databaseMs, monotonicMs };
    const jumpMs = databaseMs - last.databaseMs - (monotonicMs - last.monotonicMs);
    if (Math.abs(jumpMs) > CLOCK_JUMP_MS) this.deletesFromMs = monotonicMs + SWEEP_LIMITS.readGraceMs;
    this.lastLook = { databaseMs, monotonicMs };
  }

  protected override pauseMs(): number {
    return POLL_MS;
  }

  /** Within `STOP_MS`, whatever the round is waiting for. */
  override async stop(): Promise<void> {
    const stopped = super.stop();
    this.thread?.postMessage("stop");
    const cancel = this.options.clock.after(STOP_MS, () => void this.thread?.terminate());
    await stopped.finally(cancel);
  }

  private async runThread(sweepsOrphans: boolean, skips: readonly RoundStep[]): Promise<RoundReport> {
    const { connectionString, objectStore, clock } = this.options;
    const deletes = clock.monotonicMs() >= this.deletesFromMs;
    const workerData: SettleThreadData = { connectionString, objectStore, sweepsOrphans, deletes, skips };
    const thread = new Worker(new URL("./settle-thread.ts", import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    this.thread = thread;
    try {
      return await answerOf(thread);
    } catch (error) {
      if (this.isRunning) throw error;
      return NOTHING_DONE;
    } finally {
      this.thread = undefined;
      await thread.terminate();
    }
  }
}

function answerOf(thread: Worker): Promise<RoundReport> {
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the settling thread ended without an answer")));
  });
}
