import { batchOf, type PipelineFixture, type TestMessage } from "../../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../../platform/clock.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/testing/test-database.ts";
import { compactNext } from "../../parts/compact-parts.ts";
import { createPartReader, type PartReader } from "../../parts/part-reader.ts";
import type { SettlingContext } from "../../parts/settling-context.ts";
import { closeOpen, settleAll, startSmallGenerations } from "../../parts/testing/random-readings.ts";
import { createTestFolder, startSettler, type TestFolder } from "../../parts/testing/settling-fixture.ts";
import type { TelemetryReader } from "../../reader.ts";
import { createTelemetryReader } from "../../telemetry-reader.ts";
import { coarsenNext } from "../coarsen-sidecars.ts";
import type { Retention } from "../policies.ts";
import {
  dropNoted,
  earlierMicros,
  lockRetention,
  noteDue,
  takeBackDropped,
  writeRetention,
} from "../retention-store.ts";

export interface Thinning {
  readonly database: TestDatabase;
  readonly folder: TestFolder;
  readonly reader: TelemetryReader;
  send(messages: readonly TestMessage[]): Promise<void>;
  /** All that was sent becomes parts. */
  settle(): Promise<void>;
  compact(): Promise<void>;
  withSettler<T>(run: (context: SettlingContext) => Promise<T>, changed?: Partial<SettlingContext>): Promise<T>;
  setRetention(retention: Retention): Promise<void>;
  /** Notice is given and is over at once. */
  letGo(): Promise<void>;
  coarsen(zone: string): Promise<number>;
  stop(): Promise<void>;
}

/** Of profile 1, which is in no registry. */
export async function startThinning(): Promise<Thinning> {
  const database = await createTestDatabase();
  // A hold wants a profile that is there.
  await database.pool.query("alter table retention drop constraint retention_hold");
  const folder = await createTestFolder();
  const sluice = await startSmallGenerations(database);
  const partReader = createPartReader(folder.store, systemClock);
  const latestValues = () => undefined;
  const reader = createTelemetryReader({ pool: database.pool, partition: 0, latestValues, partReader });
  const withSettler: Thinning["withSettler"] = async (run, changed = {}) => {
    const settler = (await startSettler(database, folder.store))!;
    try {
      return await run({ ...settler.context, ...changed });
    } finally {
      await settler.die();
    }
  };
  return {
    database,
    folder,
    reader,
    withSettler,
    send: async (messages) => void (await sluice.pipeline.offer(batchOf(messages))),
    settle: () => settle(database, sluice, folder),
    compact: () =>
      withSettler(async (context) => {
        do await database.pool.query("update part set live_at = to_timestamp(0)");
        while ((await compactNext(context, Date.now() * 1000)) !== undefined);
      }),
    setRetention: (retention) => setRetention(database, retention),
    letGo: () => letGo(database),
    coarsen: (zone) =>
      withSettler(async (context) => {
        let done = 0;
        while (await coarsenNext(context, async () => zone, 0)) done++;
        return done;
      }),
    stop: () => stop(partReader, sluice, database, folder),
  };
}

async function settle(database: TestDatabase, sluice: PipelineFixture, folder: TestFolder): Promise<void> {
  await closeOpen(sluice, database);
  const settler = (await startSettler(database, folder.store))!;
  await settleAll(settler);
  await settler.die();
}

function setRetention({ pool }: TestDatabase, retention: Retention): Promise<void> {
  return inTransaction(pool, async (client) => {
    await lockRetention(client, 1);
    await writeRetention(client, 1, retention);
    if (retention.hold !== null) await takeBackDropped(client, 1);
  });
}

function letGo({ pool }: TestDatabase): Promise<void> {
  return inTransaction(pool, async (client) => {
    const retention = await lockRetention(client, 1);
    await noteDue(client, 1, retention, await earlierMicros(client, Number.POSITIVE_INFINITY));
    await dropNoted(client, 1, 0);
  });
}

async function stop(partReader: PartReader, sluice: PipelineFixture, database: TestDatabase, folder: TestFolder) {
  await partReader.stop();
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
}
