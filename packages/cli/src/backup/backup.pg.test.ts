import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { peekPlace } from "@sluice/server/platform/embedded-postgres/place.ts";
import { restoreCluster } from "@sluice/server/platform/embedded-postgres/restore-cluster.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { MIGRATIONS_DIRECTORY, migrate } from "@sluice/server/platform/migrator.ts";
import { createFolderObjectStore, prepareFolder } from "@sluice/server/platform/object-store/folder-object-store.ts";
import { connectClient, createPool } from "@sluice/server/platform/postgres.ts";
import { useTestHome } from "@sluice/server/platform/testing/embedded-home.ts";
import type { TestDatabase } from "@sluice/server/platform/testing/test-database.ts";
import { createTelemetryReader } from "@sluice/server/telemetry/index.ts";
import { createPartReader } from "@sluice/server/telemetry/parts/part-reader.ts";
import {
  DEVICES,
  fill,
  settleAll,
  startSmallGenerations,
} from "@sluice/server/telemetry/parts/testing/random-readings.ts";
import { type Contents, readAnswers, startSettler } from "@sluice/server/telemetry/parts/testing/settling-fixture.ts";
import { expect, test } from "vitest";
import { verifyArchive } from "./archive-reader.ts";
import { holdSweeps } from "./backup-store.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";

const testHome = useTestHome();
const never = new AbortController().signal;
const quiet = { onBytes: () => {}, interruption: never };

function databaseOf(postgres: EmbeddedPostgres): TestDatabase {
  const pool = createPool({
    connectionString: postgres.connectionString,
    name: "test",
    max: 4,
    statementTimeoutMs: 60_000,
  });
  return { url: postgres.connectionString, pool, drop: () => pool.end() };
}

async function openHome(
  home: string,
): Promise<{ postgres: EmbeddedPostgres; database: TestDatabase; store: ReturnType<typeof createFolderObjectStore> }> {
  testHome.home = home;
  const postgres = await testHome.start();
  await migrate({ connectionString: postgres.connectionString });
  const root = path.join(home, "objects");
  mkdirSync(root, { recursive: true });
  await prepareFolder(root);
  return { postgres, database: databaseOf(postgres), store: createFolderObjectStore(root) };
}

async function answersOf({ database, store }: Awaited<ReturnType<typeof openHome>>): Promise<Contents> {
  const partReader = createPartReader(store, systemClock);
  const reader = createTelemetryReader({
    pool: database.pool,
    partition: 0,
    latestValues: () => undefined,
    partReader,
  });
  try {
    return await readAnswers(reader, DEVICES);
  } finally {
    await partReader.stop();
  }
}

const configOf = (home: string) => readConfig({ SLUICE_HOME: home }, { envFile: path.join(home, "no.env") });

test("settled files, the hot tail and the secret come back; a settled file that is damaged is named", async () => {
  const source = await openHome(path.join(testHome.root, "source"));
  const home = testHome.home;
  writeFileSync(path.join(home, "secret"), "of this installation\n", { mode: 0o600 });
  const sluice = await startSmallGenerations(source.database);
  const settler = (await startSettler(source.database, source.store))!;
  await fill(sluice, source.database, 40, 3);
  expect(await settleAll(settler)).toBeGreaterThan(2);
  await fill(sluice, source.database, 4, 4);
  await settler.die();
  await sluice.pipeline.stop();
  const expected = await answersOf(source);
  expect(Object.keys(expected).length).toBeGreaterThan(100);

  const file = path.join(testHome.root, "backup.tar");
  const taken = await takeBackup({ config: configOf(home), file, clock: systemClock, ...quiet });
  expect([taken.damaged, taken.secret]).toEqual([[], "archived"]);
  expect(await verifyArchive(file)).toEqual(taken);

  const { rows } = await source.database.pool.query("select name from part where state = 'live' order by id limit 1");
  const live = await source.store.localPath(rows[0].name);
  const bytes = readFileSync(live);
  bytes[9]! ^= 1;
  writeFileSync(live, bytes);
  const second = path.join(testHome.root, "second.tar.zst");
  expect((await takeBackup({ config: configOf(home), file: second, clock: systemClock, ...quiet })).damaged).toEqual([
    rows[0].name,
  ]);
  await source.database.pool.end();
  await source.postgres.stop();

  const copy = path.join(testHome.root, "copy");
  const report = await restoreBackup({ file, home: copy, sharedRoots: [testHome.sharedRoot], ...quiet });
  expect(report).toMatchObject({ missing: [], pendingMigrations: [], schemaVersion: taken.schemaVersion });
  expect(report.parts).toBeGreaterThan(2);
  expect(readFileSync(path.join(copy, "secret"), "utf8")).toBe("of this installation\n");
  expect(statSync(path.join(copy, "secret")).mode & 0o777).toBe(0o600);
  const restored = await openHome(copy);
  expect(await answersOf(restored)).toEqual(expected);
  await restored.database.pool.end();
  await restored.postgres.stop();
}, 120_000);

test("what others have put into a home neither spoils a backup nor makes one fail; what is not ours is named", async () => {
  const postgres = await testHome.start();
  await migrate({ connectionString: postgres.connectionString });
  const data = peekPlace(testHome.home)!.dataDirectory;
  for (const name of ["postgresql.conf~", ".nfs0000", "base/a note (1).txt"]) writeFileSync(path.join(data, name), "x");
  const objects = path.join(testHome.home, "objects");
  mkdirSync(objects, { recursive: true });
  writeFileSync(path.join(objects, "my notes.txt"), "x");
  const file = path.join(testHome.root, "backup.tar");
  const options = { config: configOf(testHome.home), file, clock: systemClock, ...quiet };
  const taken = await takeBackup(options);
  expect(taken).toMatchObject({ leftOut: ["objects/my notes.txt"], objectStore: "folder" });
  expect(await verifyArchive(file)).toEqual(taken);
  const copy = path.join(testHome.root, "copy");
  await restoreBackup({ file, home: copy, sharedRoots: [testHome.sharedRoot], ...quiet });
  expect(readFileSync(path.join(peekPlace(copy)!.dataDirectory, "postgresql.conf~"), "utf8")).toBe("x");
  symlinkSync(testHome.root, path.join(data, "pg_tblspc", "16400"));
  await expect(takeBackup(options)).rejects.toMatchObject({ code: "backup.link" });
  rmSync(path.join(data, "pg_tblspc", "16400"));
  await postgres.stop();
}, 120_000);

test("a backup that loses its connection fails, and leaves nothing", async () => {
  const postgres = await testHome.start();
  await migrate({ connectionString: postgres.connectionString });
  const file = path.join(testHome.root, "backup.tar");
  const database = databaseOf(postgres);
  let ended: Promise<unknown> | undefined;
  const onBytes = () => {
    ended ??= database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sluice/backup'",
    );
  };
  const options = { config: configOf(testHome.home), file, clock: systemClock, onBytes, interruption: never };
  await expect(takeBackup(options)).rejects.toThrow();
  await ended;
  expect(readdirSync(testHome.root).filter((name) => name.startsWith("backup"))).toEqual([]);
  await database.pool.end();
}, 120_000);

test("a backup of an earlier schema is restored, and the next start migrates it", async () => {
  const earlier = path.join(testHome.root, "migrations");
  mkdirSync(earlier);
  for (const name of readdirSync(MIGRATIONS_DIRECTORY).filter((file) => file < "0010")) {
    copyFileSync(path.join(MIGRATIONS_DIRECTORY, name), path.join(earlier, name));
  }
  const postgres = await testHome.start();
  await migrate({ connectionString: postgres.connectionString, directory: earlier });
  const file = path.join(testHome.root, "earlier.tar.zst");
  const { schemaVersion } = await takeBackup({ config: configOf(testHome.home), file, clock: systemClock, ...quiet });
  expect(schemaVersion).toBe(9);
  await postgres.stop();
  const copy = path.join(testHome.root, "copy");
  const report = await restoreBackup({ file, home: copy, sharedRoots: [testHome.sharedRoot], ...quiet });
  expect(report.pendingMigrations[0]).toMatch(/^0010_/);
  testHome.home = copy;
  const restored = await testHome.start();
  const { applied } = await migrate({ connectionString: restored.connectionString });
  expect(applied).toEqual(report.pendingMigrations);
}, 120_000);

test("a restore that broke off leaves a home that does not start as if it were empty", async () => {
  const postgres = await testHome.start();
  await migrate({ connectionString: postgres.connectionString });
  const file = path.join(testHome.root, "backup.tar");
  await takeBackup({ config: configOf(testHome.home), file, clock: systemClock, ...quiet });
  await postgres.stop();
  const interrupted = new AbortController();
  const home = path.join(testHome.root, "copy");
  // Both readings tell of their progress; the second one, which extracts, is broken off at once.
  const onBytes = () => interrupted.abort();
  const options = { file, home, sharedRoots: [testHome.sharedRoot], onBytes, interruption: interrupted.signal };
  await expect(restoreBackup(options)).rejects.toThrow();
  // What the interruption left, had it come a moment later.
  restoreCluster(home, "password", [testHome.sharedRoot]).release();
  await expect(startEmbeddedPostgres({ home })).rejects.toMatchObject({ code: "home.half_restored" });
}, 120_000);

test("an interrupted backup leaves nothing, not even half a file; sweeps are free again", async () => {
  const postgres = await testHome.start();
  await migrate({ connectionString: postgres.connectionString });
  const interrupted = new AbortController();
  const file = path.join(testHome.root, "backup.tar");
  const onBytes = (bytes: number) => {
    if (bytes > 1_000_000) interrupted.abort();
  };
  const options = {
    config: configOf(testHome.home),
    file,
    clock: systemClock,
    onBytes,
    interruption: interrupted.signal,
  };
  await expect(takeBackup(options)).rejects.toThrow();
  expect(readdirSync(testHome.root).filter((name) => name.startsWith("backup"))).toEqual([]);
  const client = await connectClient(postgres.connectionString, "test");
  await holdSweeps(client);
  const { rows } = await client.query("select count(*)::int as slots from pg_replication_slots");
  expect(rows[0].slots).toBe(0);
  await client.end();
}, 120_000);
