import { ADVISORY_LOCKS } from "../../platform/advisory-locks.ts";
import type { Queryable } from "../telemetry-store.ts";

/**
 * Deletes objects unless a backup is copying them; then they stay until the next round. `db` is one connection: a backup that
 * begins meanwhile waits for the work's end.
 */
export async function unlessBackup(db: Queryable, work: () => Promise<void>): Promise<void> {
  const { rows } = await db.query("select pg_try_advisory_lock_shared($1, $2) as free", [...ADVISORY_LOCKS.backup]);
  if (!rows[0].free) return;
  try {
    await work();
  } finally {
    await db.query("select pg_advisory_unlock_shared($1, $2)", [...ADVISORY_LOCKS.backup]);
  }
}
