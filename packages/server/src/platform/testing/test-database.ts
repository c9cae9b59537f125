import { randomBytes } from "node:crypto";
import type pg from "pg";
import { inject } from "vitest";
import { connectClient, createPool } from "../postgres.ts";

/** A database of one test file: the migrated template, cloned. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

/** What the global set-up hands to every test file. */
export interface TestServer {
  readonly url: string;
  readonly template: string;
}

declare module "vitest" {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

const POOL_SIZE = 8;
const STATEMENT_TIMEOUT_MS = 20_000;
/** Autovacuum may look into the template for a moment, and nobody can clone it meanwhile. */
const CLONE_ATTEMPTS = 10;
const OBJECT_IN_USE = "55006";
/** Set where only what the SQL does is tested: a third of the time of many small commits is the disk's. */
const UNSYNCED = "SLUICE_TEST_UNSYNCED";

/** Clones the migrated template under a fresh name: `beforeAll(async () => { database = await createTestDatabase(); })`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template } = inject("testServer");
  return databaseFrom(url, `template ${template}`);
}

/** A database with nothing in it, for tests of what makes the schema. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return databaseFrom(inject("testServer").url, "template template0");
}

async function databaseFrom(serverUrl: string, origin: string): Promise<TestDatabase> {
  const name = testDatabaseName(randomBytes(6).toString("hex"));
  await administer(serverUrl, `create database ${name} ${origin}`);
  if (process.env[UNSYNCED] !== undefined) {
    await administer(serverUrl, `alter database ${name} set synchronous_commit = off`);
  }
  const url = withDatabase(serverUrl, name);
  const pool = createPool({
    connectionString: url,
    name: "test",
    max: POOL_SIZE,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    isPipelined: true,
  });
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      await administer(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Names tell when they were made, so that a later run can remove what a killed one left behind. */
export function testDatabaseName(suffix: string): string {
  return `sluice_test_${Math.floor(Date.now() / 1000)}_${suffix}`;
}

export function withDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

export async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = await connectClient(serverUrl, "test-administration");
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== OBJECT_IN_USE || attempt === CLONE_ATTEMPTS) throw error;
        await client.query("select pg_sleep(0.3)");
      }
    }
  } finally {
    await client.end();
  }
}
