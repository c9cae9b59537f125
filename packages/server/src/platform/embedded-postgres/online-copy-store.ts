import { SluiceError } from "@sluice/core/errors.ts";
import type pg from "pg";

/** Where a copy of a running cluster begins and ends in its log. */
export interface CopyEnd {
  /** What was committed before it is in the copy. */
  readonly takenAt: Date;
  /** What goes into the copy as `backup_label`, by which recovery knows where to begin. */
  readonly label: string;
  /** Names of the files of the log that the copy needs, first and last. */
  readonly firstLog: string;
  readonly lastLog: string;
}

const SLOT = "sluice_backup";

/**
 * From here on every file that is copied, in whatever state, is mended by the log up to `endCopy`. A slot that goes with the
 * connection keeps that log. Throws `backup.log_level`.
 */
export async function beginCopy(client: pg.Client, label: string): Promise<string> {
  const { rows: settings } = await client.query("select current_setting('wal_level') as level");
  if (settings[0].level === "minimal") {
    const message =
      "The database was started by an earlier version and cannot be copied while it runs: restart the server once.";
    throw new SluiceError("conflict", "backup.log_level", message);
  }
  await client.query("select pg_create_physical_replication_slot($1 || '_' || pg_backend_pid(), true, true)", [SLOT]);
  const { rows } = await client.query("select pg_walfile_name(pg_backup_start($1, true)) as name", [label]);
  return rows[0].name;
}

export async function endCopy(client: pg.Client, firstLog: string): Promise<CopyEnd> {
  const { rows: clock } = await client.query("select clock_timestamp() as at");
  const { rows } = await client.query(
    "select pg_walfile_name(lsn) as last, labelfile as label from pg_backup_stop(wait_for_archive => false)",
  );
  return { takenAt: clock[0].at, label: rows[0].label, firstLog, lastLog: rows[0].last };
}

export interface ClusterFacts {
  readonly version: string;
  readonly schemaVersion: number;
}

export async function readClusterFacts(client: pg.Client): Promise<ClusterFacts> {
  const { rows } = await client.query(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
            coalesce((select max(version) from schema_migration), 0) as schema`,
  );
  return { version: rows[0].version, schemaVersion: rows[0].schema };
}
