import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";
import type pg from "pg";
import { ADVISORY_LOCKS } from "./advisory-locks.ts";
import { connectClient } from "./postgres.ts";

/** One numbered file of SQL. It never changes once it was released; a mistake is mended by the next number. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrationOptions {
  readonly connectionString: string;
  readonly directory?: string;
}

export interface MigrationReport {
  /** File names, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
  /** Of the schema now; 0 for an empty database. */
  readonly version: number;
}

export interface SchemaStatus {
  readonly version: number;
  readonly pending: readonly string[];
}

interface AppliedRow {
  version: number;
  name: string;
  checksum: string;
}

export const MIGRATIONS_DIRECTORY = path.resolve(import.meta.dirname, "../../migrations");

/** How long to wait for another process that migrates the same database. */
const LOCK_LIMIT_MS = 120_000;

/**
 * Brings the schema up. Each migration runs in a transaction of its own, together with the row that records it, under a lock
 * that makes two processes at once safe.
 *
 * Throws `schema.newer` when the database knows migrations that this program does not, `schema.changed` when an applied file
 * reads differently today, and `schema.failed` naming the file when its SQL fails.
 */
export async function migrate(options: MigrationOptions): Promise<MigrationReport> {
  const migrations = readMigrations(options.directory ?? MIGRATIONS_DIRECTORY);
  const client = await connectClient(options.connectionString, "migrate");
  try {
    await lockSchema(client);
    await client.query(
      `create table if not exists schema_migration (
         version int primary key,
         name text not null,
         checksum text not null,
         applied_at timestamptz not null default now()
       )`,
    );
    const pending = pendingOf(migrations, await appliedRows(client));
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map(({ name }) => name), version: migrations.at(-1)?.version ?? 0 };
  } finally {
    await client.end();
  }
}

/** Looks without touching. Throws as `migrate` does when database and program do not belong together. */
export async function readSchemaStatus(options: MigrationOptions): Promise<SchemaStatus> {
  const migrations = readMigrations(options.directory ?? MIGRATIONS_DIRECTORY);
  const client = await connectClient(options.connectionString, "schema-status");
  try {
    const { rows } = await client.query("select to_regclass('schema_migration') is not null as exists");
    const applied = rows[0].exists ? await appliedRows(client) : [];
    return { version: applied.at(-1)?.version ?? 0, pending: pendingOf(migrations, applied).map(({ name }) => name) };
  } finally {
    await client.end();
  }
}

/** Reads `0001_name.sql` …; a number used twice is the programmer's error. */
export function readMigrations(directory: string): Migration[] {
  const migrations = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => readMigration(directory, name));
  const versions = new Set(migrations.map(({ version }) => version));
  if (versions.size !== migrations.length) throw new Error(`two migrations in ${directory} have the same number`);
  return migrations;
}

function readMigration(directory: string, name: string): Migration {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (number === undefined) throw new Error(`${name} is not named like 0001_what_it_does.sql`);
  // A checkout on Windows may change line ends, which changes nothing.
  const sql = readFileSync(path.join(directory, name), "utf8").replaceAll("\r\n", "\n");
  return { version: Number(number), name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}

async function lockSchema(client: pg.Client): Promise<void> {
  await client.query(`set lock_timeout = ${LOCK_LIMIT_MS}`);
  try {
    await client.query("select pg_advisory_lock($1, $2)", [...ADVISORY_LOCKS.migration]);
  } catch (cause) {
    throw new SluiceError(
      "unavailable",
      "schema.locked",
      `Another process has been changing the schema for ${LOCK_LIMIT_MS / 1000} s. Wait for it, or end it.`,
      { cause },
    );
  }
}

async function appliedRows(client: pg.Client): Promise<AppliedRow[]> {
  const { rows } = await client.query<AppliedRow>(
    "select version, name, checksum from schema_migration order by version",
  );
  return rows;
}

function pendingOf(migrations: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  for (const row of applied) assertKnown(migrations, row);
  const newest = applied.at(-1)?.version ?? 0;
  const versions = new Set(applied.map(({ version }) => version));
  const pending = migrations.filter(({ version }) => !versions.has(version));
  const skipped = pending.find(({ version }) => version < newest);
  if (skipped !== undefined) {
    throw mismatch(
      "schema.out_of_order",
      `${skipped.name} was never applied, but number ${newest} was. Give it the next number.`,
    );
  }
  return pending;
}

function assertKnown(migrations: readonly Migration[], row: AppliedRow): void {
  const migration = migrations.find(({ version }) => version === row.version);
  if (migration === undefined) {
    throw mismatch(
      "schema.newer",
      `The database has migration ${row.name}, which this version of Sluice does not know. Start the newer version that made it, or restore a backup from before.`,
    );
  }
  if (migration.checksum !== row.checksum) {
    throw mismatch(
      "schema.changed",
      `The migration ${migration.name} was applied in another wording. Migrations never change: restore the file, or begin with a new database.`,
    );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(migration.sql);
    await client.query("insert into schema_migration (version, name, checksum) values ($1, $2, $3)", [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError("internal", "schema.failed", `The migration ${migration.name} failed: ${reason}`, { cause });
  }
}

function mismatch(code: string, message: string): SluiceError {
  return new SluiceError("conflict", code, message, { retryable: false });
}
