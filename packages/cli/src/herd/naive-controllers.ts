import { inTransaction } from "@sluice/server/platform/postgres.ts";
import type { Pool } from "pg";
import { insertJob, insertRun, isBusy, type Job, lockPump, moveJob, takeJob } from "./naive-store.ts";

/** What an ordinary controller has to work with. */
export interface NaivePlant {
  readonly pool: Pool;
  readonly pump: string;
  /** How long a run and its cooldown keep the pump from another. */
  readonly busyMs: number;
  /** Resolves once the broker has taken the message. */
  start(commandId: string): Promise<void>;
  /** Resolves true when the pump answers this command in time. */
  answered(commandId: string): Promise<boolean>;
}

/** What becomes of a low reading. */
export interface NaiveController {
  readonly name: string;
  onLowReading(): Promise<void>;
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>;
}

/** A model of what is written first: look into the table, start the pump, write it down. */
export function checkThenAct({ pool, pump, busyMs, start }: NaivePlant): NaiveController {
  return {
    name: "check, then act",
    async onLowReading() {
      if (await isBusy(pool, pump, busyMs)) return;
      await start("run");
      await insertRun(pool, pump);
    },
    settled: async () => {},
  };
}

/**
 * A model of the second attempt: the check and the record are one transaction, and only who has recorded a run starts one. At
 * READ COMMITTED, PostgreSQL's default, transactions that overlap do not see each other's row.
 */
export function checkInTransaction({ pool, pump, busyMs, start }: NaivePlant): NaiveController {
  return {
    name: "check and record in one transaction",
    async onLowReading() {
      const isOurs = await inTransaction(pool, async (client) => {
        if (await isBusy(client, pump, busyMs)) return false;
        await insertRun(client, pump);
        return true;
      });
      if (isOurs) await start("run");
    },
    settled: async () => {},
  };
}

/** As job queues do unless told otherwise. */
const MAX_ATTEMPTS = 3;

/**
 * A model of the third: a row lock lets one handler decide at a time, and a job queue sees to it that the start is not lost.
 * Its decisions are right. A job without an answer is run again, since the queue cannot know whether it was done.
 */
export function lockAndQueue(plant: NaivePlant): NaiveController {
  const { pool, pump, busyMs } = plant;
  let working: Promise<void> = Promise.resolve();
  const work = async (): Promise<void> => {
    for (let job = await takeJob(pool, pump); job !== undefined; job = await takeJob(pool, pump)) {
      await runJob(plant, job);
    }
  };
  return {
    name: "a row lock and a job queue",
    async onLowReading() {
      const isOurs = await inTransaction(pool, async (client) => {
        await lockPump(client, pump);
        if (await isBusy(client, pump, busyMs)) return false;
        await insertRun(client, pump);
        await insertJob(client, pump);
        return true;
      });
      if (isOurs) working = working.then(work);
    },
    settled: () => working,
  };
}

async function runJob(plant: NaivePlant, { id, attempts }: Job): Promise<void> {
  const answered = plant.answered(`job-${id}`);
  await plant.start(`job-${id}`);
  if (await answered) await moveJob(plant.pool, id, "done");
  else await moveJob(plant.pool, id, attempts < MAX_ATTEMPTS ? "waiting" : "failed");
}
