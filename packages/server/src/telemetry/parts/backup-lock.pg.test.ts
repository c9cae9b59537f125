import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { ADVISORY_LOCKS } from "../../platform/advisory-locks.ts";
import { systemClock } from "../../platform/clock.ts";
import { connectClient } from "../../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { runSettlingRound } from "./settling-round.ts";
import { fill, startSmallGenerations } from "./testing/random-readings.ts";
import { createTestFolder, type TestFolder } from "./testing/settling-fixture.ts";

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;
beforeEach(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  sluice = await startSmallGenerations(database);
});
afterEach(async () => {
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

const round = () =>
  runSettlingRound({
    connectionString: database.url,
    store: folder.store,
    clock: systemClock,
    newUuid: randomUUID,
    sweepsOrphans: true,
    deletes: true,
    sweepLimits: { readGraceMs: 0, orphanAgeMs: 0 },
    isStopping: () => false,
  });

test("while a backup copies objects none is deleted, and afterwards they go", async () => {
  await fill(sluice, database, 30, 8);
  await round();
  await database.pool.query("update part set state = 'replaced', replaced_at = now() - interval '1 hour'");
  const backup = await connectClient(database.url, "backup");
  await backup.query("select pg_advisory_lock($1, $2)", [...ADVISORY_LOCKS.backup]);
  expect((await round()).deleted).toBe(0);
  await backup.end();
  expect((await round()).deleted).toBeGreaterThan(3);
});
