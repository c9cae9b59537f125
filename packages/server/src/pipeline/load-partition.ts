import { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import {
  createGeneration,
  LatestValues,
  listGenerations,
  openSlice,
  type Queryable,
  Repacker,
  readDeviceLast,
  readForgotten,
  readGeneration,
} from "../telemetry/index.ts";
import { lastSeq, readRuleStates, takePartition } from "./flush-store.ts";
import type { OpenGeneration } from "./generation-keeper.ts";
import { RuleStates } from "./rule-states.ts";

/** Each attempt waits for the pool's lock timeout, a second. */
const TAKE_ATTEMPTS = 30;
const LOCK_NOT_AVAILABLE = "55P03";

/** What an owner holds in memory of its partition. */
export interface LoadedPartition {
  readonly epoch: number;
  readonly lastSeq: number;
  readonly latest: LatestValues;
  readonly rules: RuleStates;
  readonly repacker: Repacker;
  readonly open: OpenGeneration | undefined;
  readonly ready: number;
}

/** Takes a partition over and reads what its owner must know: snapshots of closed generations, and all of the open one. */
export async function loadPartition(db: Queryable, partition: number, owner: string): Promise<LoadedPartition> {
  const epoch = await takeWhenFree(db, partition, owner);
  const latest = new LatestValues();
  for (const { profileId, body } of await readDeviceLast(db, partition)) latest.applySlice(profileId, openSlice(body));
  for (const deviceId of await readForgotten(db, partition)) latest.forget(deviceId);

  const generations = await listGenerations(db, partition);
  const openOne = generations.find(({ state }) => state === "open");
  const repacker = new Repacker(new SliceEncoder());
  let open: OpenGeneration | undefined;
  if (openOne !== undefined) {
    const { messages, heard } = await replay(db, partition, openOne.number, latest, repacker);
    open = { number: openOne.number, openedMicros: openOne.openedMicros, messages, heard };
  }

  let ready = generations.find(({ state }) => state === "ready")?.number;
  if (ready === undefined) {
    ready = (generations.at(-1)?.number ?? 0) + 1;
    await createGeneration(db, partition, ready);
  }
  const rules = new RuleStates();
  rules.restore(await readRuleStates(db, partition), (deviceId) => latest.lastMicros(deviceId));
  return { epoch, lastSeq: await lastSeq(db, partition), latest, rules, repacker, open, ready };
}

/** Waits out a flush of an owner that is gone; its backend lets go after `IDLE_IN_TRANSACTION_MS` at the latest. */
async function takeWhenFree(db: Queryable, partition: number, owner: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takePartition(db, partition, owner);
    } catch (error) {
      if (attempt === TAKE_ATTEMPTS || (error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
}

async function replay(
  db: Queryable,
  partition: number,
  generation: number,
  latest: LatestValues,
  repacker: Repacker,
): Promise<{ messages: number; heard: Set<number> }> {
  const heard = new Set<number>();
  let messages = 0;
  for await (const slices of readGeneration(db, partition, generation)) {
    for (const stored of slices) {
      const reader = openSlice(stored.body);
      latest.applySlice(stored.profileId, reader);
      messages += stored.rows;
      for (const deviceId of reader.deviceIds) heard.add(deviceId);
      repacker.restore(stored.seq, stored);
    }
  }
  return { messages, heard };
}
