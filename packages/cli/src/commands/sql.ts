import { SluiceError } from "@sluice/core/errors.ts";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { peekPlace } from "@sluice/server/platform/embedded-postgres/place.ts";
import { readSchemaStatus } from "@sluice/server/platform/migrator.ts";
import { openObjectStore } from "@sluice/server/platform/object-store/open-object-store.ts";
import { connectClient } from "@sluice/server/platform/postgres.ts";
import { type Command, type Io, UsageError } from "../command.ts";
import { reachDatabase } from "../database.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";
import { type Answer, printCsv, printJson, printTable } from "../sql/print-rows.ts";
import { SqlSession, sqlError } from "../sql/sql-session.ts";

const DEFAULT_MEMORY_MB = 1_024;
const MEMORY_LIMITS = { min: 64, max: 1_000_000 };
/** Files that are replaced meanwhile stay for five minutes. */
const DEFAULT_SECONDS = 60;
const SECONDS_LIMITS = { min: 1, max: 280 };
const THREADS = 2;

export const command: Command = {
  summary: "ask the settled readings of this home, not the last ones, in SQL (DuckDB, read only)",
  positionals: [{ name: "SQL", isRequired: true }],
  options: {
    profile: {
      kind: "text",
      value: "KEY",
      help: "this one alone, whose views then need no schema before them (KEY@ORGANIZATION where several have it)",
    },
    from: { kind: "text", value: "TIME", help: "leave out files whose readings all are older (RFC 3339)" },
    to: { kind: "text", value: "TIME", help: "and files whose readings all are from then on" },
    csv: { kind: "flag", help: "all rows as CSV" },
    json: { kind: "flag", help: "all rows as a JSON array of objects" },
    "memory-mb": { kind: "text", value: "N", help: `that DuckDB may take (${DEFAULT_MEMORY_MB})` },
    timeout: {
      kind: "text",
      value: "SECONDS",
      help: `for the statement (${DEFAULT_SECONDS}, at most ${SECONDS_LIMITS.max})`,
    },
  },
  examples: [
    'sluice sql "show all tables"',
    'sluice sql --profile water-quality "select device, avg(ph) from readings group by all"',
    'sluice sql --csv "select * from \\"irrigation-zone\\".quarters where bucket >= \'2026-05-01\'"',
  ],
  run: runSql,
};

async function runSql(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.flag("csv") && invocation.flag("json")) throw new UsageError("Say --csv or --json, not both.");
  const seconds = invocation.number("timeout", SECONDS_LIMITS) ?? DEFAULT_SECONDS;
  const memoryMegabytes = invocation.integer("memory-mb", MEMORY_LIMITS) ?? DEFAULT_MEMORY_MB;
  const filter = {
    profile: invocation.text("profile"),
    fromMicros: timeOf(invocation, "from") ?? 0,
    toMicros: timeOf(invocation, "to") ?? Number.MAX_SAFE_INTEGER,
  };
  const session = await openSession(filter, { memoryMegabytes, threads: THREADS });
  const cancel = systemClock.after(seconds * 1_000, () => session.interrupt());
  try {
    const result = await session.query(invocation.positional(0)!);
    const answer: Answer = { columns: result.columnNames(), rows: result.yieldRowsJson() };
    if (invocation.flag("csv")) await printCsv(answer, io.out);
    else if (invocation.flag("json")) await printJson(answer, io.out);
    else await printTable(answer, io.out);
    return EXIT_DONE;
  } catch (error) {
    throw told(error, seconds);
  } finally {
    cancel();
    session.close();
  }
}

async function openSession(
  filter: Parameters<typeof SqlSession.open>[2],
  settings: Parameters<typeof SqlSession.open>[3],
): Promise<SqlSession> {
  const config = readConfig();
  if (config.databaseUrl === undefined && peekPlace(config.home) === undefined) throw nothingThere(config.home);
  const database = await reachDatabase(config);
  const client = await connectClient(database.connectionString, "sql");
  try {
    const { pending } = await readSchemaStatus({ connectionString: database.connectionString });
    if (pending.length > 0) throw behind();
    return await SqlSession.open(client, await openObjectStore(config.objectStore, systemClock), filter, settings);
  } finally {
    await client.end();
    await database.release();
  }
}

function timeOf(invocation: Invocation, name: "from" | "to"): number | undefined {
  const text = invocation.text(name);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms * 1_000;
  throw new UsageError(`--${name} is a time such as 2026-05-01 or 2026-05-01T06:00:00Z, not "${text}".`);
}

function nothingThere(home: string): SluiceError {
  const message = `There is no database in ${home}: set SLUICE_HOME to the home that is to be asked.`;
  return new SluiceError("not-found", "sql.nothing", message);
}

function behind(): SluiceError {
  const message = "The schema is of an earlier version: run `sluice migrate`, or start the server, and ask again.";
  return new SluiceError("conflict", "sql.schema", message);
}

function told(error: unknown, seconds: number): unknown {
  const known = error instanceof SluiceError ? error : sqlError(error);
  if (known.code !== "sql.interrupted") return known;
  const message = `The statement took longer than ${seconds} s: narrow it with --profile, --from and --to, or give it a longer --timeout.`;
  return new SluiceError("limit", "sql.too_long", message, { cause: known });
}
