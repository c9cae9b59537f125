import type { Pool } from "pg";
import type { Config } from "./config.ts";
import { Announcer } from "./platform/announcer.ts";
import { startEmbeddedPostgres } from "./platform/embedded-postgres.ts";
import type { Logger } from "./platform/logger.ts";
import { migrate } from "./platform/migrator.ts";
import { createPool, inspectDatabase, type PoolOptions } from "./platform/postgres.ts";

/** Statements of people and workers; those of flushes have limits of their own. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** Takes what has to be stopped at the end, in the reverse of the order in which it was given. */
export type OnStop = (stop: () => Promise<unknown> | unknown) => void;

export interface OpenedDatabase {
  readonly url: string;
  /** Of the embedded one. */
  readonly dataDirectory: string | undefined;
}

/** The database that the configuration names, or the embedded one, with the schema that this version needs. */
export async function openDatabase(
  { home, databaseUrl }: Config,
  logger: Logger,
  onStop: OnStop,
  onLost: (error: unknown) => void,
): Promise<OpenedDatabase> {
  let url = databaseUrl;
  let dataDirectory: string | undefined;
  if (url === undefined) {
    const postgres = await startEmbeddedPostgres({
      home,
      onNotice: (message) => logger.warn(message),
      onRestart: () => logger.error("PostgreSQL ended by itself and is started again"),
      onLost,
    });
    onStop(() => postgres.stop());
    url = postgres.connectionString;
    dataDirectory = postgres.dataDirectory;
  }
  await inspect(url, logger);
  const { applied } = await migrate({ connectionString: url });
  if (applied.length > 0) logger.info({ applied }, "schema brought up to date");
  return { url, dataDirectory };
}

/** Refuses a server that is too old, and says what weakens the promise that acknowledged means stored. */
async function inspect(connectionString: string, logger: Logger): Promise<void> {
  const pool = createPool({ connectionString, name: "inspect", max: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  try {
    const { unsafeSettings } = await inspectDatabase(pool);
    if (unsafeSettings.length > 0) {
      logger.error({ unsafeSettings }, "the database may lose what it has committed: turn these settings on");
    }
  } finally {
    await pool.end();
  }
}

/** The pools of this process. What their transactions want to be told leaves over a connection of its own. */
export class Pools {
  private readonly url: string;
  private readonly logger: Logger;
  private readonly onStop: OnStop;
  private readonly announcer: Announcer;
  private readonly byName = new Map<string, Pool>();

  constructor(url: string, logger: Logger, onStop: OnStop) {
    this.url = url;
    this.logger = logger;
    this.onStop = onStop;
    const announcer = new Announcer(this.create("announcer", 1, {}), logger);
    onStop(() => announcer.settled());
    this.announcer = announcer;
  }

  /** All that were opened, by name. */
  opened(): ReadonlyMap<string, Pool> {
    return this.byName;
  }

  open(name: string, max: number, more: Partial<PoolOptions> = {}): Pool {
    return this.create(name, max, { onCommitted: this.announcer.take, ...more });
  }

  private create(name: string, max: number, more: Partial<PoolOptions>): Pool {
    const pool = createPool({
      connectionString: this.url,
      name,
      max,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      ...more,
      onConnectionLost: (error) => this.logger.warn({ err: error, pool: name }, "a connection broke"),
    });
    this.onStop(() => pool.end());
    this.byName.set(name, pool);
    return pool;
  }
}
