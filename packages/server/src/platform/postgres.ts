import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import pg from "pg";

/** One connection, inside a transaction or not, or the pool where a single statement stands alone. */
export type Queryable = pg.Pool | pg.PoolClient;

/**
 * How PostgreSQL's types arrive:
 *
 *   int8         number; an error past 2^53, because a silently rounded id or time is worse than a failed query
 *   timestamptz  Date, so milliseconds; where microseconds count, select `(extract(epoch from t) * 1000000)::int8`
 *   numeric      string, as it was written
 */
export interface PoolOptions {
  readonly connectionString: string;
  /** Shown by PostgreSQL as `sluice/<name>`: who holds that lock? */
  readonly name: string;
  readonly max: number;
  /** 0: none, for connections that wait on purpose. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  /**
   * For many small statements that are always the same: those that are asked at the same time on one connection leave without
   * waiting for one another's answers, and named ones are planned once.
   */
  readonly isPipelined?: boolean;
  /** Takes the notices of transactions that have committed. Absent: each sends its own. */
  readonly onCommitted?: (notices: readonly Notice[]) => void;
  /** A connection broke while nobody was waiting for it. The pool replaces it. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** The oldest PostgreSQL whose dialect we speak. */
export const MIN_POSTGRES_MAJOR = 15;

const DEFAULT_LOCK_TIMEOUT_MS = 1_000;
const DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT_MS = 2_000;
/** An answer that is this late after the statement's own time limit will not come. */
const ANSWER_GRACE_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_CONNECTION_MS = 30_000;

/** Left to itself, the planner plans anew for each array of ids, which takes longer than the statement. */
const PIPELINED = { pipeline: true, options: "-c timezone=UTC -c plan_cache_mode=force_generic_plan" };

/** What LISTEN hears. A payload has no line breaks. */
export interface Notice {
  readonly channel: string;
  readonly payload: string;
}

const announcers = new WeakMap<pg.Pool, (notices: readonly Notice[]) => void>();

export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionSettings(options.connectionString, options.name),
    ...(options.isPipelined ? PIPELINED : {}),
    max: options.max,
    statement_timeout: options.statementTimeoutMs,
    // A network that swallows the answer must not hold whoever waits for it: the database has given up by then.
    ...(options.statementTimeoutMs > 0 ? { query_timeout: options.statementTimeoutMs + ANSWER_GRACE_MS } : {}),
    lock_timeout: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
  });
  if (options.onCommitted !== undefined) announcers.set(pool, options.onCommitted);
  pool.on("error", (error) => {
    // While the pool ends, its connections end in whatever order the server hears of it.
    if (!pool.ending) options.onConnectionLost?.(error);
  });
  // The pool listens only to idle clients: one that breaks while it is checked out would end the process.
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

/** A connection outside any pool: for LISTEN, for locks of a session, and for STOP, which waits behind nobody. */
export async function connectClient(
  connectionString: string,
  name: string,
  options: { readonly statementTimeoutMs?: number } = {},
): Promise<pg.Client> {
  const { statementTimeoutMs } = options;
  const limits =
    statementTimeoutMs === undefined
      ? {}
      : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + ANSWER_GRACE_MS };
  const client = new pg.Client({ ...connectionSettings(connectionString, name), ...limits });
  try {
    await client.connect();
  } catch (cause) {
    throw unreachable(cause);
  }
  return client;
}

function connectionSettings(connectionString: string, name: string): pg.ClientConfig {
  return {
    connectionString,
    application_name: `sluice/${name}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: "-c timezone=UTC",
    types: { getTypeParser },
  };
}

function ignore(): void {}

function unreachable(cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError("unavailable", "database.unreachable", `The database does not answer: ${reason}`, { cause });
}

const INT8 = pg.types.builtins.INT8;
const INT8_ARRAY = 1016;

function getTypeParser(oid: number, format?: "text" | "binary"): (value: never) => unknown {
  if (format !== "binary" && oid === INT8) return parseInt8;
  if (format !== "binary" && oid === INT8_ARRAY) return parseInt8Array;
  return pg.types.getTypeParser(oid, format as "text");
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number exactly`);
  return value;
}

const parseTextArray = pg.types.getTypeParser(1009 as number) as (text: string) => (string | null)[];

function parseInt8Array(text: string): (number | null)[] {
  return parseTextArray(text).map((item) => (item === null ? null : parseInt8(item)));
}

/**
 * Runs `work` in one transaction and returns its answer after the COMMIT. An error rolls back and is thrown as it came. What
 * the transaction gathered with `tell_after_commit` is announced then.
 *
 * Throws `database.outcome_unknown` when the connection broke during COMMIT: then only looking can tell.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const answer = await work(client);
    const notices = await commit(client);
    if (notices.length > 0) await announce(pool, client, notices);
    return answer;
  } catch (error) {
    broken = isConnectionBroken(error) ? (error as Error) : await rollBack(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** One message, so that it takes no longer than a COMMIT. */
const COMMIT = "select current_setting('sluice.notices', true) as notices; commit";
const FAILED_TRANSACTION = "25P02";

/** Answers what the transaction wants to be told. */
async function commit(client: pg.PoolClient): Promise<readonly Notice[]> {
  try {
    const [gathered] = (await client.query(COMMIT)) as unknown as [pg.QueryResult<{ notices: string | null }>];
    return parseNotices(gathered.rows[0]?.notices ?? "");
  } catch (cause) {
    // A failed statement whose error was swallowed.
    if (sqlStateOf(cause) === FAILED_TRANSACTION) throw new Error("the transaction had failed and was rolled back");
    if (sqlStateOf(cause) !== undefined && !isConnectionFailure(cause)) throw cause;
    throw new SluiceError("unavailable", "database.outcome_unknown", "The connection broke while committing.", {
      cause,
    });
  }
}

function parseNotices(lines: string): readonly Notice[] {
  const told = [...new Set(lines.split("\n"))].filter((line) => line !== "");
  return told.map((line) => {
    const end = line.indexOf(" ");
    return { channel: line.slice(0, end), payload: line.slice(end + 1) };
  });
}

/** The transaction stands, whether or not anybody hears of it now. */
async function announce(pool: pg.Pool, client: pg.PoolClient, notices: readonly Notice[]): Promise<void> {
  const announcer = announcers.get(pool);
  if (announcer !== undefined) announcer(notices);
  else await sendNotices(client, notices).catch(ignore);
}

/** Outside of any transaction. That a notice is not on disk yet when it is heard harms nobody: what it tells of is. */
export async function sendNotices(db: Queryable, notices: readonly Notice[]): Promise<void> {
  await db.query({
    name: "send_notices",
    text: `select set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
             from unnest($1::text[], $2::text[]) as n (channel, payload)`,
    values: [notices.map(({ channel }) => channel), notices.map(({ payload }) => payload)],
  });
}

/** Nothing that is said on it now would be answered; its end rolls back what was open. */
function isConnectionBroken(error: unknown): boolean {
  return isSluiceError(error) ? error.code === "database.outcome_unknown" : isConnectionFailure(error);
}

async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("rollback");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** PostgreSQL's five-character code, or undefined when the error is not the database's. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** True for a unique violation, of this constraint if one is named. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code !== "23505") return false;
  return constraint === undefined || error.constraint === constraint;
}

/**
 * True when the connection, and not the statement, was the trouble: classes 08 (connection) and 57P (server going away), and
 * whatever the socket threw.
 */
export function isConnectionFailure(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return state.startsWith("08") || state.startsWith("57P");
  return error instanceof Error && (/connection|terminated|timeout/i.test(error.message) || "syscall" in error);
}

/** True when the same transaction may pass if tried again: a broken connection, a lock, a deadlock, no resources. */
export function isTransient(error: unknown): boolean {
  const state = sqlStateOf(error);
  return isConnectionFailure(error) || (state !== undefined && /^(40001|40P01|55P03|57014|53...)$/.test(state));
}

export interface DatabaseFacts {
  readonly majorVersion: number;
  /** Settings under which a commit may be lost in a power cut. Empty on a database that keeps our promise. */
  readonly unsafeSettings: readonly string[];
}

/** Throws `database.too_old`, or `database.unreachable` when it does not answer. */
export async function inspectDatabase(pool: pg.Pool): Promise<DatabaseFacts> {
  let settings: Map<string, string>;
  try {
    const { rows } = await pool.query<{ name: string; setting: string }>(
      "select name, setting from pg_settings where name in ('server_version_num', 'fsync', 'synchronous_commit', 'full_page_writes')",
    );
    settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  } catch (cause) {
    throw unreachable(cause);
  }
  const majorVersion = Math.floor(Number(settings.get("server_version_num")) / 10_000);
  if (majorVersion < MIN_POSTGRES_MAJOR) {
    throw new SluiceError(
      "unavailable",
      "database.too_old",
      `The database is PostgreSQL ${majorVersion}; Sluice needs ${MIN_POSTGRES_MAJOR} or newer. Upgrade it, or unset SLUICE_DATABASE_URL for the embedded one.`,
      { retryable: false },
    );
  }
  const unsafeSettings = ["fsync", "synchronous_commit", "full_page_writes"].filter(
    (name) => settings.get(name) === "off",
  );
  return { majorVersion, unsafeSettings };
}
