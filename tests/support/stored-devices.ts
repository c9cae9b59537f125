import { type EmbeddedPostgres, startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { createTelemetryReader, type Series } from "@sluice/server/telemetry/index.ts";
import type { Pool } from "pg";

/** What a stopped server left behind, opened without it: the server's own opinion of it does not count. */
export interface StoredHome {
  readonly pool: Pool;
  /** Everything stored of a device, with the names of its metrics by number. */
  series(uid: string): Promise<{ readonly series: Series; readonly metrics: ReadonlyMap<string, number> }>;
  close(): Promise<void>;
}

export async function openStoredHome(home: string): Promise<StoredHome> {
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres({ home });
  const { connectionString } = postgres;
  const pool = createPool({ connectionString, name: "check", max: 2, statementTimeoutMs: 60_000 });
  const reader = createTelemetryReader({ pool, partition: 0, latestValues: () => undefined });
  return {
    pool,
    async series(uid) {
      const { rows } = await pool.query(
        `select d.id, m.key, m.number from device d left join profile_metric m using (profile_id) where d.uid = $1`,
        [uid],
      );
      const series = await reader.series({ deviceId: rows[0].id, fromMicros: 0, toMicros: 2 ** 52 });
      return { series, metrics: new Map(rows.map(({ key, number }) => [key, number])) };
    },
    async close() {
      await pool.end();
      await postgres.stop();
    },
  };
}
