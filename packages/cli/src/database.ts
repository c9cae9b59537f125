import type { Config } from "@sluice/server/config.ts";
import { findRunningPostgres, startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";

export interface ReachableDatabase {
  readonly connectionString: string;
  /** "embedded" when it is the one under the home. */
  readonly kind: "embedded" | "configured";
  release(): Promise<void>;
}

/**
 * The configured database for a command that runs beside the server or without it: the embedded PostgreSQL is joined when a
 * server runs it, and started for the while when none does.
 */
export async function reachDatabase(config: Config): Promise<ReachableDatabase> {
  if (config.databaseUrl !== undefined) {
    return { connectionString: config.databaseUrl, kind: "configured", release: async () => {} };
  }
  const running = findRunningPostgres(config.home);
  if (running !== undefined) return { connectionString: running, kind: "embedded", release: async () => {} };
  const postgres = await startEmbeddedPostgres({ home: config.home });
  return { connectionString: postgres.connectionString, kind: "embedded", release: () => postgres.stop() };
}
