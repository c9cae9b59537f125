import type pg from "pg";
import type { PoolClient } from "pg";
import { settlingLock } from "../../platform/advisory-locks.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ObjectStore } from "../../platform/object-store.ts";
import { connectClient } from "../../platform/postgres.ts";
import { eraseReadings } from "../erasure/erase-readings.ts";
import { coarsenNext } from "../retention/coarsen-sidecars.ts";
import { countUnsettled } from "../telemetry-store.ts";
import { unlessBackup } from "./backup-lock-store.ts";
import { claimObjectStore, recogniseObjectStore } from "./claim-object-store.ts";
import { compactNext } from "./compact-parts.ts";
import { abandonParts, hasClaimable, listPartitions, restartGraces } from "./part-store.ts";
import { NOTHING_DONE, type RoundError, type RoundReport, type RoundStep } from "./round-report.ts";
import { settleNext } from "./settle-generation.ts";
import { type SettlingContext, SettlingInterrupted } from "./settling-context.ts";
import { deleteDoomed, deleteOrphans, dropSettledTables, SWEEP_LIMITS, type SweepLimits } from "./sweep-parts.ts";

/** A page of a generation's bodies, or the tables of a round. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** Dropping a table waits for its readers, and whoever comes then waits behind it. */
const LOCK_TIMEOUT_MS = 250;
/** Of one round: afterwards the worker looks whether it is to stop. */
const MAX_GENERATIONS = 8;
const MAX_COMPACTIONS = 8;
/** From here on settling takes all the time that it can get: ingest is about to be slowed down. */
const HURRY_GENERATIONS = 4;
/** Of one core, as long as there is no hurry. */
const DUTY = 0.5;
const MAX_PAUSE_MS = 500;

export interface RoundOptions {
  readonly connectionString: string;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly newUuid: () => string;
  readonly sweepsOrphans: boolean;
  /** False: the database's clock jumped a moment ago, so that nobody knows what is past its grace. */
  readonly deletes?: boolean;
  /** What failed a moment ago and waits. */
  readonly skips?: readonly RoundStep[];
  readonly sweepLimits?: SweepLimits;
  readonly retentionNoticeMs?: number;
  readonly onStep?: SettlingContext["onStep"];
  /** Looked at between row groups. */
  readonly isStopping: () => boolean;
}

/** Settles, compacts and sweeps what is due in the partitions that nobody else works on. */
export async function runSettlingRound(options: RoundOptions): Promise<RoundReport> {
  const client = await connectClient(options.connectionString, "settler", { statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  let lost: Error | undefined;
  client.on("error", (error) => {
    lost = error;
  });
  const report: Counts = { ...NOTHING_DONE, errors: [] };
  const attempt = async (step: RoundStep, work: () => Promise<void>) => {
    if (options.skips?.includes(step)) return;
    try {
      await work();
    } catch (error) {
      if (lost !== undefined || error instanceof SettlingStopped) throw error;
      report.errors.push({ step, message: error instanceof Error ? error.message : String(error) });
    }
  };
  try {
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    for (const partition of await listPartitions(client)) {
      if (options.isStopping() || !(await lockPartition(client, partition))) continue;
      try {
        await attempt("partition", () => workOn(client, partition, options, { report, attempt, lost: () => lost }));
      } finally {
        await client.query("select pg_advisory_unlock($1, $2)", [...settlingLock(partition)]).catch(() => {});
      }
    }
    if (options.sweepsOrphans && !options.isStopping())
      await attempt("orphans", () => sweepOrphans(client, options, report));
    // What failed is tried again after a pause; what did not goes on.
    const isStuck = report.errors.some(({ step }) => step === "partition" || step === "settle");
    return { ...report, hasMore: report.hasMore && !isStuck };
  } finally {
    await client.end().catch(() => {});
  }
}

async function sweepOrphans(db: pg.ClientBase, options: RoundOptions, report: Counts) {
  const { store, clock, newUuid, sweepLimits } = options;
  await unlessBackup(db, async () => {
    report.deleted += await deleteOrphans(
      { db, store, newUuid },
      sweepLimits ?? SWEEP_LIMITS,
      clock.nowMicros() / 1000,
    );
  });
}

/** False: another works on it. The lock ends with the connection, however that ends. */
export async function lockPartition(client: pg.ClientBase, partition: number): Promise<boolean> {
  const { rows } = await client.query("select pg_try_advisory_lock($1, $2) as locked", [...settlingLock(partition)]);
  return rows[0].locked;
}

type Counts = { -readonly [K in keyof Omit<RoundReport, "errors">]: RoundReport[K] } & {
  readonly errors: RoundError[];
};

interface Round {
  readonly report: Counts;
  /** What one step cannot do, the others need not wait for. */
  readonly attempt: (step: RoundStep, work: () => Promise<void>) => Promise<void>;
  readonly lost: () => Error | undefined;
}

/** What frees room comes first: a disk that is full could not recover otherwise. */
async function workOn(db: pg.ClientBase, partition: number, options: RoundOptions, round: Round): Promise<void> {
  const { store, newUuid, onStep, deletes = true } = options;
  const { report, attempt } = round;
  const limits = options.sweepLimits ?? SWEEP_LIMITS;
  const pace = createPace(options, round);
  const context: SettlingContext = {
    db,
    store,
    partition,
    writer: newUuid(),
    newUuid,
    pace: pace.rest,
    ...(onStep && { onStep }),
  };
  await abandonParts(db, partition, context.writer);
  await restartGraces(db, partition);
  // Before a table goes: of a store that is lost it may be the last that is left. Reading needs no room.
  const { marker } = await recogniseObjectStore(db, store);
  const drop = async () => {
    report.dropped += await dropSettledTables(context, limits);
  };
  if (deletes) await attempt("drop", drop);
  const deleteReplaced = async () => {
    report.deleted += await deleteDoomed(context, limits);
  };
  if (deletes && marker !== undefined) await attempt("delete", () => unlessBackup(db, deleteReplaced));
  await claimObjectStore(db, store, newUuid);
  await attempt("settle", () => settle(context, options, report, pace));
  if (deletes) await attempt("drop", drop);
  pace.hurries = false;
  await attempt("erase", async () => {
    report.hasMore ||= await eraseReadings(context, options.isStopping);
  });
  await attempt("compact", () => compact(context, options, report));
  if (deletes) await attempt("coarsen", () => coarsen(context, options, report));
}

async function settle(context: SettlingContext, { isStopping }: RoundOptions, report: Counts, pace: Pace) {
  for (let i = 0; i < MAX_GENERATIONS && !isStopping(); i++) {
    pace.hurries = (await countUnsettled(context.db, context.partition)) >= HURRY_GENERATIONS;
    const settled = await settleNext(context);
    if (settled === undefined) return;
    report.settled++;
    report.messages += settled.parts.reduce((sum, { messages }) => sum + messages, 0);
    report.hasMore ||= i === MAX_GENERATIONS - 1;
  }
}

async function compact(context: SettlingContext, { clock, isStopping }: RoundOptions, report: Counts) {
  for (let i = 0; i < MAX_COMPACTIONS && !report.hasMore && !isStopping(); i++) {
    // Settling goes first: it is what ingest waits for.
    if (await hasClaimable(context.db, context.partition)) return;
    if ((await compactNext(context, clock.nowMicros())) === undefined) return;
    report.compacted++;
    report.hasMore ||= i === MAX_COMPACTIONS - 1;
  }
}

async function coarsen(context: SettlingContext, options: RoundOptions, report: Counts) {
  const { clock, isStopping, retentionNoticeMs } = options;
  // Of the zones: the registry takes a while to load, for which rounds that have nothing to thin need not wait.
  const zoneOf = async (organizationId: number) => {
    const { findDefaultSite } = await import("../../devices/index.ts");
    return (await findDefaultSite(context.db as PoolClient, organizationId))?.timeZone ?? "UTC";
  };
  for (let i = 0; i < MAX_COMPACTIONS && !report.hasMore && !isStopping(); i++) {
    if (!(await coarsenNext(context, zoneOf, retentionNoticeMs, clock.nowMicros()))) return;
    report.compacted++;
    report.hasMore ||= i === MAX_COMPACTIONS - 1;
  }
}

interface Pace {
  hurries: boolean;
  readonly rest: () => Promise<void>;
}

function createPace({ clock, isStopping }: RoundOptions, { lost }: Round): Pace {
  const pause = createPause(clock, () => pace.hurries);
  const pace: Pace = {
    hurries: false,
    rest: async () => {
      const error = lost();
      if (error !== undefined) throw error;
      if (isStopping()) throw new SettlingStopped();
      await pause();
    },
  };
  return pace;
}

/** The server is being stopped: what was begun is begun anew by the next. */
export class SettlingStopped extends SettlingInterrupted {
  constructor() {
    super("settling was stopped");
    this.name = "SettlingStopped";
  }
}

/** Sleeps as long as it has worked since it slept last, so that ingest finds the processor and the disk free. */
function createPause(clock: Clock, hurries: () => boolean): () => Promise<void> {
  let workingSinceMs = clock.monotonicMs();
  return async () => {
    if (hurries()) return;
    const workedMs = clock.monotonicMs() - workingSinceMs;
    const pauseMs = Math.min(MAX_PAUSE_MS, (workedMs * (1 - DUTY)) / DUTY);
    if (pauseMs >= 1) await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
    workingSinceMs = clock.monotonicMs();
  };
}
