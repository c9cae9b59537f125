import type { PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  connectClient,
  createPool,
  inspectDatabase,
  inTransaction,
  isConnectionFailure,
  isTransient,
  isUniqueViolation,
  type Notice,
} from "./postgres.ts";
import { startCommitProxy } from "./testing/commit-proxy.ts";
import { createEmptyDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
  await database.pool.query("create table pond (id int primary key)");
});
beforeEach(() => database.pool.query("truncate pond"));
afterAll(() => database.drop());

async function ponds(): Promise<number[]> {
  const { rows } = await database.pool.query<{ id: number }>("select id from pond order by id");
  return rows.map(({ id }) => id);
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error,
  );
}

test("int8 is a number where a number is exact, and an error where it is not", async () => {
  const { rows } = await database.pool.query(
    "select 9007199254740991::int8 as big, array[1, null, -9007199254740991]::int8[] as many, count(*) as counted from pond",
  );
  expect(rows).toEqual([{ big: 9007199254740991, many: [1, null, -9007199254740991], counted: 0 }]);
  await expect(database.pool.query("select 9007199254740993::int8")).rejects.toThrow("does not fit a number exactly");
  expect((await database.pool.query("select 1 as still_works")).rows).toEqual([{ still_works: 1 }]);
});

test("timestamptz is a Date, in whatever zone the server thinks", async () => {
  const { rows } = await database.pool.query(
    "select '2024-03-31T01:30:00.123+02'::timestamptz as at, current_setting('timezone') as zone",
  );
  expect(rows).toEqual([{ at: new Date("2024-03-30T23:30:00.123Z"), zone: "UTC" }]);
});

test("the limits of a pool hold on its connections, and its name is seen", async () => {
  const pool = createPool({
    connectionString: database.url,
    name: "worker",
    max: 1,
    statementTimeoutMs: 7_000,
    lockTimeoutMs: 300,
  });
  const { rows } = await pool.query(
    `select name, setting from pg_settings where name in
     ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'application_name') order by name`,
  );
  expect(rows.map(({ setting }) => setting)).toEqual(["sluice/worker", "2000", "300", "7000"]);
  await pool.end();
});

test("a transaction commits as one and answers what its work answers", async () => {
  const answer = await inTransaction(database.pool, async (client) => {
    await client.query("insert into pond values (1)");
    await client.query("insert into pond values (2)");
    return "two ponds";
  });
  expect(answer).toBe("two ponds");
  expect(await ponds()).toEqual([1, 2]);
});

test("an error rolls back, is thrown as it came, and the connection is used again", async () => {
  const pool = createPool({ connectionString: database.url, name: "one", max: 1, statementTimeoutMs: 5_000 });
  const error = await failureOf(
    inTransaction(pool, async (client) => {
      await client.query("insert into pond values (1)");
      await client.query("insert into pond values (1)");
    }),
  );
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(error, "pond_pkey")).toBe(true);
  expect(isUniqueViolation(error, "pump_pkey")).toBe(false);
  expect(isTransient(error)).toBe(false);
  await inTransaction(pool, (client) => client.query("insert into pond values (3)"));
  await pool.end();
  expect(await ponds()).toEqual([3]);
});

test("a swallowed error cannot pass for a commit", async () => {
  const work = inTransaction(database.pool, async (client) => {
    await client.query("insert into pond values (1)");
    await client.query("select 1 / 0").catch(() => {});
  });
  await expect(work).rejects.toThrow("rolled back");
  expect(await ponds()).toEqual([]);
});

test("a connection that breaks inside a transaction fails it, and not the process", async () => {
  const error = await failureOf(
    inTransaction(database.pool, async (client) => {
      const { rows } = await client.query("select pg_backend_pid() as pid");
      await database.pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
      await client.query("insert into pond values (1)");
    }),
  );
  expect(isConnectionFailure(error)).toBe(true);
  expect(isTransient(error)).toBe(true);
  expect(await ponds()).toEqual([]);
});

test("a connection that breaks while committing leaves the outcome unknown", async () => {
  // A deferred trigger runs inside COMMIT: there it ends its own backend.
  await database.pool.query(`
    create table fragile (id int);
    create function break_connection() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$;
    create constraint trigger break_connection after insert on fragile deferrable initially deferred
      for each row execute function break_connection();
  `);
  await expect(
    inTransaction(database.pool, (client) => client.query("insert into fragile values (1)")),
  ).rejects.toMatchObject({
    kind: "unavailable",
    code: "database.outcome_unknown",
  });
});

test("a commit whose answer never comes ends with the time of a statement, and its connection is given up", async () => {
  const proxy = await startCommitProxy(database.url);
  const pool = createPool({ connectionString: proxy.url, name: "silent", max: 1, statementTimeoutMs: 100 });
  proxy.onCommit = () => "silence";
  await expect(inTransaction(pool, (client) => client.query("insert into pond values (1)"))).rejects.toMatchObject({
    code: "database.outcome_unknown",
  });
  proxy.onCommit = () => "pass";
  await inTransaction(pool, (client) => client.query("insert into pond values (2)"));
  expect(await ponds()).toEqual([1, 2]);
  await pool.end();
  await proxy.close();
});

test("waiting for a lock ends at its limit, and may be tried again", async () => {
  await database.pool.query("insert into pond values (1)");
  const error = await failureOf(
    inTransaction(database.pool, async (holder) => {
      await holder.query("select from pond where id = 1 for update");
      await inTransaction(database.pool, (waiter) => waiter.query("select from pond where id = 1 for update"));
    }),
  );
  expect(error).toMatchObject({ code: "55P03" });
  expect(isTransient(error)).toBe(true);
});

test("an idle connection that breaks is told and replaced", async () => {
  const { promise: told, resolve: tell } = Promise.withResolvers<Error>();
  const pool = createPool({
    connectionString: database.url,
    name: "idle",
    max: 1,
    statementTimeoutMs: 5_000,
    onConnectionLost: tell,
  });
  const { rows } = await pool.query("select pg_backend_pid() as pid");
  await database.pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
  expect(await told).toBeInstanceOf(Error);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test("a database that is not there has a clear error", async () => {
  await expect(connectClient("postgres://nobody@127.0.0.1:1/none", "test")).rejects.toMatchObject({
    kind: "unavailable",
    code: "database.unreachable",
    retryable: true,
  });
});

test("a database of the right age and safety is recognised", async () => {
  const { majorVersion, unsafeSettings } = await inspectDatabase(database.pool);
  expect(majorVersion).toBeGreaterThanOrEqual(15);
  const { rows } = await database.pool.query("select current_setting('fsync') = 'off' as unsafe");
  expect(unsafeSettings.includes("fsync")).toBe(rows[0].unsafe);
});

describe("what a transaction gathers to be told", () => {
  const gather = (client: PoolClient, line: string) =>
    client.query(
      "select set_config('sluice.notices', coalesce(current_setting('sluice.notices', true), '') || $1, true)",
      [`${line}\n`],
    );

  async function heardWhile(work: () => Promise<unknown>): Promise<string[]> {
    const listener = await connectClient(database.url, "listener");
    const heard: string[] = [];
    listener.on("notification", ({ channel, payload }) => heard.push(`${channel} ${payload}`));
    await listener.query("listen pond");
    await work().catch(() => {});
    // Notices come with the answer to the next statement.
    await listener.query("select 1");
    await listener.end();
    return heard;
  }

  test("is told once after its commit, and never when it rolls back", async () => {
    const committed = await heardWhile(() =>
      inTransaction(database.pool, async (client) => {
        for (const line of ["pond 1 dry", "pond ", "pond 1 dry"]) await gather(client, line);
      }),
    );
    expect(committed).toEqual(["pond 1 dry", "pond "]);
    const rolledBack = await heardWhile(() =>
      inTransaction(database.pool, async (client) => {
        await gather(client, "pond 2 dry");
        throw new Error("never mind");
      }),
    );
    expect(rolledBack).toEqual([]);
  });

  test("goes to whoever takes it for the pool, and never into the next transaction", async () => {
    const taken: Notice[] = [];
    const pool = createPool({
      connectionString: database.url,
      name: "announced",
      max: 1,
      statementTimeoutMs: 5_000,
      isPipelined: true,
      onCommitted: (notices) => taken.push(...notices),
    });
    await inTransaction(pool, (client) => gather(client, "pond 3 wet"));
    await inTransaction(pool, (client) => client.query("select 1"));
    await pool.end();
    expect(taken).toEqual([{ channel: "pond", payload: "3 wet" }]);
  });
});
