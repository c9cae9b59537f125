import { type DuckDBConnection, DuckDBInstance, type DuckDBResult, StatementType } from "@duckdb/node-api";
import { SluiceError } from "@sluice/core/errors.ts";
import type { LeasedFile, ObjectStore } from "@sluice/server/platform/object-store.ts";
import type { Client } from "pg";
import { type PartFilter, readDevices, readParts, readProfiles, type SqlPart, type SqlProfile } from "./sql-store.ts";
import {
  filesSql,
  type LocalPart,
  literal,
  namedSql,
  newestSql,
  quartersOfReadingsSql,
  quoted,
  rawColumns,
  sidecarSql,
  splitByOverlap,
  text,
} from "./views.ts";

/** Files of one session: more make every statement slow to plan. */
const MAX_PARTS = 20_000;

/** Views by what their rows tell of; days and months where retention has made them of quarter-hours. */
const ROLLUPS = [
  ["quarters", "quarter"],
  ["days", "day"],
  ["months", "month"],
] as const;

export interface SqlSettings {
  readonly memoryMegabytes: number;
  readonly threads: number;
}

/**
 * DuckDB over the files of the parts that are live now: for each profile a schema with the views `readings` and `quarters`, and
 * in `main` the table `devices`. Once they stand, nothing else of this machine or of a network can be read, and nothing
 * written.
 */
export class SqlSession {
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly leases: readonly LeasedFile[];

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, leases: readonly LeasedFile[]) {
    this.instance = instance;
    this.connection = connection;
    this.leases = leases;
  }

  static async open(
    client: Client,
    store: ObjectStore,
    filter: PartFilter,
    settings: SqlSettings,
  ): Promise<SqlSession> {
    const schemas = schemasOf(await readProfiles(client));
    const only = filter.profile === undefined ? undefined : onlyOf(schemas, filter.profile);
    const parts = await readParts(client, only?.profile.id, filter);
    if (parts.length > MAX_PARTS) throw tooMany(parts.length);
    const leases: LeasedFile[] = [];
    try {
      const local = await leaseAll(store, parts, leases);
      const instance = await DuckDBInstance.create(":memory:", {
        threads: String(settings.threads),
        memory_limit: `${settings.memoryMegabytes}MB`,
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
        max_temp_directory_size: "0KB",
      });
      const connection = await instance.connect();
      await connection.run("set timezone = 'UTC'");
      await fillDevices(connection, client);
      await createViews(connection, schemas, local);
      await shut(connection, local, only?.schema);
      return new SqlSession(instance, connection, leases);
    } catch (error) {
      for (const lease of leases) lease.release();
      throw error;
    }
  }

  /** Rows come as they are read. Throws `sql.not_a_query`, `sql.failed` and, once it was interrupted, `sql.interrupted`. */
  async query(sql: string): Promise<DuckDBResult> {
    const statements = await asSqlError(() => this.connection.extractStatements(sql));
    if (statements.count !== 1) throw notAQuery();
    const statement = await asSqlError(() => statements.prepare(0));
    if (statement.statementType !== StatementType.SELECT && statement.statementType !== StatementType.EXPLAIN)
      throw notAQuery();
    return asSqlError(() => statement.stream());
  }

  interrupt(): void {
    this.connection.interrupt();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    for (const lease of this.leases) lease.release();
  }
}

async function leaseAll(store: ObjectStore, parts: readonly SqlPart[], leases: LeasedFile[]): Promise<LocalPart[]> {
  const lease = async (name: string) => {
    const leased = await store.lease(name);
    leases.push(leased);
    return leased.path;
  };
  const local: LocalPart[] = [];
  for (const part of parts) {
    const path = part.name === undefined || part.name === null ? undefined : await lease(part.name);
    local.push({ ...part, path, sidecarPath: await lease(part.sidecarName) });
  }
  return local;
}

async function fillDevices(connection: DuckDBConnection, client: Client): Promise<void> {
  await connection.run(
    "create table main.devices (id integer, uid varchar, name varchar, profile varchar, site varchar, organization varchar)",
  );
  const appender = await connection.createAppender("devices");
  for await (const devices of readDevices(client)) {
    for (const { id, uid, name, profile, site, organization } of devices) {
      appender.appendInteger(id);
      for (const value of [uid, name, profile, site, organization]) appender.appendVarchar(value);
      appender.endRow();
    }
  }
  appender.closeSync();
}

interface ProfileSchema {
  readonly profile: SqlProfile;
  readonly schema: string;
}

/** A profile's key, and whose it is where several organizations have one of that key. */
function schemasOf(profiles: readonly SqlProfile[]): ProfileSchema[] {
  const byKey = Map.groupBy(profiles, ({ key }) => key.toLowerCase());
  return profiles.map((profile) => {
    const { key, organization } = profile;
    const isAlone = key !== "main" && byKey.get(key.toLowerCase())!.length === 1;
    return { profile, schema: isAlone ? key : `${key}@${organization}` };
  });
}

/** Throws `sql.profile_unknown` and `sql.profile_ambiguous`. */
function onlyOf(schemas: readonly ProfileSchema[], name: string): ProfileSchema {
  const found = schemas.filter(({ profile, schema }) => schema === name || profile.key === name);
  if (found.length === 1) return found[0]!;
  const code = found.length === 0 ? "sql.profile_unknown" : "sql.profile_ambiguous";
  const message =
    found.length === 0
      ? `There is no profile "${name}".`
      : `Several organizations have a profile "${name}": name one of ${found.map(({ schema }) => `"${schema}"`).join(", ")}.`;
  throw new SluiceError("invalid", code, message);
}

async function createViews(
  connection: DuckDBConnection,
  schemas: readonly ProfileSchema[],
  parts: readonly LocalPart[],
): Promise<void> {
  const byProfile = Map.groupBy(parts, ({ profileId }) => profileId);
  for (const { profile, schema } of schemas) {
    const own = byProfile.get(profile.id);
    if (own === undefined) continue;
    await connection.run(`create schema ${quoted(schema)}`);
    await createProfileViews(connection, schema, own);
  }
}

async function createProfileViews(
  connection: DuckDBConnection,
  schema: string,
  parts: readonly LocalPart[],
): Promise<void> {
  const withReadings = parts.filter(({ path }) => path !== undefined);
  const { apart, overlapping } = splitByOverlap(withReadings);
  const paths = (some: readonly LocalPart[]) => some.map(({ path }) => path!);
  const view = (name: string, selects: readonly string[]) =>
    connection.run(`create view ${quoted(schema)}.${name} as ${namedSql(selects)}`);
  const readings = apart.length === 0 ? [] : [`select * from ${filesSql(paths(apart))}`];
  const quarters: string[] = [];
  if (overlapping.length > 0) {
    const columns = rawColumns(await columnsOf(connection, paths(overlapping)));
    const newest = newestSql(overlapping, columns);
    readings.push(newest);
    quarters.push(quartersOfReadingsSql(newest, columns));
  }
  if (readings.length > 0) await view("readings", readings);
  // What overlaps is read as readings; the sidecars of the others say it all.
  const plain = parts.filter((part) => !overlapping.includes(part));
  for (const [name, interval] of ROLLUPS) {
    const sidecars = plain.filter((part) => part.sidecarInterval === interval).map(({ sidecarPath }) => sidecarPath);
    const selects = interval === "quarter" ? quarters : [];
    if (sidecars.length > 0) selects.push(sidecarSql(sidecars, await columnsOf(connection, sidecars)));
    if (selects.length > 0) await view(name, selects);
  }
}

async function columnsOf(connection: DuckDBConnection, paths: readonly string[]): Promise<string[]> {
  const described = await connection.runAndReadAll(`describe select * from ${filesSql(paths)}`);
  return described.getRows().map(([name]) => String(name));
}

async function shut(
  connection: DuckDBConnection,
  parts: readonly LocalPart[],
  schema: string | undefined,
): Promise<void> {
  const files = parts.flatMap(({ path, sidecarPath }) => (path === undefined ? [sidecarPath] : [path, sidecarPath]));
  await connection.run(`set allowed_paths = [${files.flatMap(allowedAs).join(", ")}]`);
  await connection.run("set enable_external_access = false");
  if (schema !== undefined && parts.length > 0)
    await connection.run(`set search_path = ${literal(`${quoted(schema)},main`)}`);
  await connection.run("set lock_configuration = true");
}

/** A name with brackets is asked for as a pattern, and then as what that found. */
function allowedAs(file: string): string[] {
  return [...new Set([literal(file), text(file)])];
}

async function asSqlError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sqlError(error);
  }
}

/** In DuckDB's own words, which say where in the statement it is. */
export function sqlError(error: unknown): SluiceError {
  const { message } = error as Error;
  const code = message.startsWith("INTERRUPT Error") ? "sql.interrupted" : "sql.failed";
  return new SluiceError("invalid", code, message, { cause: error });
}

function notAQuery(): SluiceError {
  const message =
    "One statement that reads is wanted (select, with, from, describe, show, summarize, explain): nothing can be changed here.";
  return new SluiceError("invalid", "sql.not_a_query", message);
}

function tooMany(parts: number): SluiceError {
  const message = `${parts} settled files are more than ${MAX_PARTS}: name a --profile, or a range by --from and --to.`;
  return new SluiceError("limit", "sql.too_many_files", message);
}
