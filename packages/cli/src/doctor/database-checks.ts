import { isSluiceError } from "@sluice/core/errors.ts";
import type { Config } from "@sluice/server/config.ts";
import { findRunningPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { readSchemaStatus } from "@sluice/server/platform/migrator.ts";
import { connectClient, MIN_POSTGRES_MAJOR } from "@sluice/server/platform/postgres.ts";
import { type Finding, fail, ok, warn } from "./check.ts";

/** A clock further off than this makes fresh readings look old; further than the second limit, they are refused. */
const WARN_SKEW_MS = 2_000;
const FAIL_SKEW_MS = 5 * 60_000;

/** Looks without touching: an embedded PostgreSQL that does not run is not started for it. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  const connectionString = config.databaseUrl ?? findRunningPostgres(config.home);
  if (connectionString === undefined) {
    return [ok("database", "The embedded PostgreSQL; it starts and stops with the server.")];
  }
  try {
    const { majorVersion, versionText, skewMs, isSyncing } = await askServer(connectionString);
    return [
      judgeVersion(majorVersion, versionText),
      judgeDurability(isSyncing),
      judgeClock(skewMs),
      await checkSchema(connectionString),
    ];
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return [fail("database", error.message, "Is it running, and is SLUICE_DATABASE_URL right?")];
  }
}

interface ServerFacts {
  readonly majorVersion: number;
  readonly versionText: string;
  /** Of this machine's clock against the database's: positive when ours is ahead. */
  readonly skewMs: number;
  readonly isSyncing: boolean;
}

async function askServer(connectionString: string): Promise<ServerFacts> {
  const client = await connectClient(connectionString, "doctor");
  try {
    const beforeMs = Date.now();
    const { rows } = await client.query(
      `select extract(epoch from clock_timestamp()) * 1000 as now_ms, current_setting('server_version') as version,
              current_setting('server_version_num')::int / 10000 as major, current_setting('fsync')::bool as fsync`,
    );
    const middleMs = (beforeMs + Date.now()) / 2;
    const { now_ms, version, major, fsync } = rows[0];
    return { majorVersion: major, versionText: version, skewMs: middleMs - Number(now_ms), isSyncing: fsync };
  } finally {
    await client.end();
  }
}

export function judgeVersion(major: number, text: string): Finding {
  if (major >= MIN_POSTGRES_MAJOR) return ok("database", `PostgreSQL ${text} answers.`);
  return fail("database", `PostgreSQL ${text} is too old.`, `Sluice needs ${MIN_POSTGRES_MAJOR} or later.`);
}

export function judgeDurability(isSyncing: boolean): Finding {
  if (isSyncing) return ok("durability", "What is acknowledged is synced to disk.");
  return fail(
    "durability",
    "fsync is off: a power cut loses acknowledged readings.",
    "Set fsync = on in postgresql.conf.",
  );
}

export function judgeClock(skewMs: number): Finding {
  const seconds = `${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? "ahead of" : "behind"} the database's`;
  const mend = "Let both machines follow the same time servers (NTP).";
  if (Math.abs(skewMs) > FAIL_SKEW_MS) return fail("clock", `This machine's clock is ${seconds}.`, mend);
  if (Math.abs(skewMs) > WARN_SKEW_MS) return warn("clock", `This machine's clock is ${seconds}.`, mend);
  return ok("clock", "This machine and the database agree on the time.");
}

async function checkSchema(connectionString: string): Promise<Finding> {
  try {
    const { version, pending } = await readSchemaStatus({ connectionString });
    if (pending.length === 0) return ok("schema", `Version ${version}, up to date.`);
    const message = `Version ${version}; ${pending.length} to apply, next ${pending[0]}.`;
    return warn("schema", message, "The next start applies them, or: sluice migrate");
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return fail("schema", error.message);
  }
}
