import type { Queryable } from "../telemetry-store.ts";

/** What tells a database from its copies, together with its epoch. */
export interface Installation {
  /** Stays the same for the life of the database, and goes with it into backups and copies. */
  readonly id: string;
  /** Of the PostgreSQL cluster: one that was loaded from a dump has another. */
  readonly system: string;
  /** Another after a recovery to some time, or when a standby took over. */
  readonly timeline: number;
  readonly epoch: string;
  readonly nextEpoch: string | null;
}

export async function readInstallation(db: Queryable): Promise<Installation> {
  const { rows } = await db.query<Installation>(
    `select id, epoch, next_epoch as "nextEpoch", (select system_identifier::text from pg_control_system()) as system,
            ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline
       from installation`,
  );
  return rows[0]!;
}

/** What the marker may say from now on; whoever came first has said what that is. */
export async function proposeEpoch(db: Queryable, epoch: string, nextEpoch: string): Promise<string | undefined> {
  const { rows } = await db.query<{ nextEpoch: string }>(
    `update installation set next_epoch = coalesce(next_epoch, $2) where epoch = $1 returning next_epoch as "nextEpoch"`,
    [epoch, nextEpoch],
  );
  return rows[0]?.nextEpoch;
}

/** The marker says it. */
export async function confirmEpoch(db: Queryable, nextEpoch: string): Promise<void> {
  await db.query("update installation set epoch = $1, next_epoch = null where next_epoch = $1", [nextEpoch]);
}
