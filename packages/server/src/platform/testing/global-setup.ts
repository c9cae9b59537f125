import { chmodSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isSluiceError } from "@sluice/core/errors.ts";
import type { TestProject } from "vitest/node";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../embedded-postgres.ts";
import { migrate } from "../migrator.ts";
import { connectClient } from "../postgres.ts";
import { administer, testDatabaseName, withDatabase } from "./test-database.ts";

/**
 * One PostgreSQL for a test run: the one that SLUICE_TEST_DATABASE_URL names, or an embedded one. Homes of the embedded one
 * are a few fixed folders, not fresh ones: a run that was killed is taken over by the next instead of running on for ever.
 */
const HOMES = 16;
/** Databases of runs on a shared server that began longer ago than this belong to nobody. */
const ABANDONED_AFTER_SECONDS = 3 * 3600;

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const outside = process.env.SLUICE_TEST_DATABASE_URL;
  const embedded = outside === undefined || outside === "" ? await startInFreeHome() : undefined;
  const url = embedded?.connectionString ?? outside!;
  await dropDatabases(url, embedded === undefined ? ABANDONED_AFTER_SECONDS : 0);
  const template = testDatabaseName("template");
  await makeTemplate(url, template);
  project.provide("testServer", { url, template });
  return async () => {
    await administer(url, `drop database if exists ${template} with (force)`);
    await embedded?.stop();
  };
}

async function startInFreeHome(): Promise<EmbeddedPostgres> {
  const root = path.join(tmpdir(), `sluice-tests-${process.getuid?.() ?? 0}`);
  mkdirSync(root, { recursive: true });
  chmodSync(root, 0o755);
  for (let number = 1; ; number++) {
    try {
      return await startEmbeddedPostgres({
        home: path.join(root, `home-${number}`),
        sharedRoots: [path.join(root, "shared")],
        // A killed process loses nothing without fsync; only a power cut would, and then the tests have ended too.
        settings: { fsync: "off", full_page_writes: "off", max_connections: "300", max_wal_size: "512MB" },
      });
    } catch (error) {
      if (number === HOMES || !isSluiceError(error) || error.code !== "home.in_use") throw error;
    }
  }
}

async function makeTemplate(url: string, template: string): Promise<void> {
  await administer(url, `create database ${template} template template0`);
  await migrate({ connectionString: withDatabase(url, template) });
  await administer(url, `alter database ${template} with is_template false allow_connections false`);
}

async function dropDatabases(url: string, olderThanSeconds: number): Promise<void> {
  const client = await connectClient(url, "test-administration");
  try {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database
       where datname ~ '^sluice_test_[0-9]+_' and split_part(datname, '_', 3)::int8 <= extract(epoch from now()) - $1::int`,
      [olderThanSeconds],
    );
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}
