import { randomBytes } from "node:crypto";
import { type Accounts, createAccounts, type Requester } from "@sluice/server/auth/index.ts";
import { readConfig } from "@sluice/server/config.ts";
import { installOrganization } from "@sluice/server/devices/index.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { migrate } from "@sluice/server/platform/migrator.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { createSealer, loadSecret } from "@sluice/server/platform/secret.ts";
import { reachDatabase } from "../database.ts";

const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * Opens the accounts of the configured database, whether a server runs on it or not, for whoever may read its settings: that
 * is who runs it. The audit names the command line.
 */
export async function withAccounts<T>(work: (accounts: Accounts, by: Requester) => Promise<T>): Promise<T> {
  const config = readConfig();
  const database = await reachDatabase(config);
  try {
    const { connectionString } = database;
    await migrate({ connectionString });
    const pool = createPool({ connectionString, name: "admin", max: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    try {
      const organization = await installOrganization(pool, Intl.DateTimeFormat().resolvedOptions().timeZone);
      const sealer = createSealer(loadSecret(config.home, config.secret));
      const accounts = createAccounts({ pool, clock: systemClock, randomBytes, sealer });
      return await work(accounts, { organizationId: organization.id, actor: "system", address: "command line" });
    } finally {
      await pool.end();
    }
  } finally {
    await database.release();
  }
}
