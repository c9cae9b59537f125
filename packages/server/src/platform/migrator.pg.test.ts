import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type MigrationReport, migrate, readSchemaStatus } from "./migrator.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = mkdtempSync(path.join(tmpdir(), "sluice-migrations-"));
});

afterEach(async () => {
  rmSync(directory, { recursive: true });
  await database.drop();
});

function file(name: string, sql: string): void {
  writeFileSync(path.join(directory, name), sql);
}

function run(): Promise<MigrationReport> {
  return migrate({ connectionString: database.url, directory });
}

test("applies in order, once, and answers what it did", async () => {
  file("0002_second.sql", "alter table pond add column depth_m real;");
  file("0001_first.sql", "create table pond (id int); insert into pond values (1);");
  expect(await run()).toEqual({ applied: ["0001_first.sql", "0002_second.sql"], version: 2 });
  expect(await run()).toEqual({ applied: [], version: 2 });
  file("0003_third.sql", "insert into pond values (2);");
  expect(await run()).toEqual({ applied: ["0003_third.sql"], version: 3 });
  expect((await database.pool.query("select count(*) as rows from pond")).rows).toEqual([{ rows: 2 }]);
});

test("eight processes at once apply each migration once", async () => {
  file("0001_first.sql", "create table pond (id int); insert into pond values (1);");
  file("0002_second.sql", "insert into pond values (2);");
  const reports = await Promise.all(Array.from({ length: 8 }, run));
  expect(reports.flatMap(({ applied }) => applied).sort()).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect((await database.pool.query("select count(*) as rows from pond")).rows).toEqual([{ rows: 2 }]);
});

test("a migration that fails leaves nothing of itself, keeps those before it, and is named", async () => {
  file("0001_first.sql", "create table pond (id int);");
  file("0002_second.sql", "create table pump (id int); select 1 / 0;");
  await expect(run()).rejects.toMatchObject({
    code: "schema.failed",
    message: expect.stringContaining("0002_second.sql"),
  });
  const { rows } = await database.pool.query("select to_regclass('pond') as pond, to_regclass('pump') as pump");
  expect(rows).toEqual([{ pond: "pond", pump: null }]);
  file("0002_second.sql", "create table pump (id int);");
  expect(await run()).toEqual({ applied: ["0002_second.sql"], version: 2 });
});

test("refuses a schema newer than it knows", async () => {
  file("0001_first.sql", "create table pond (id int);");
  file("0002_second.sql", "create table pump (id int);");
  await run();
  rmSync(path.join(directory, "0002_second.sql"));
  await expect(run()).rejects.toMatchObject({ kind: "conflict", code: "schema.newer", retryable: false });
  await expect(readSchemaStatus({ connectionString: database.url, directory })).rejects.toMatchObject({
    code: "schema.newer",
  });
});

test("refuses a migration that changed after it was applied, but not one whose line ends did", async () => {
  file("0001_first.sql", "create table pond\n(id int);\n");
  await run();
  file("0001_first.sql", "create table pond\r\n(id int);\r\n");
  expect((await run()).applied).toEqual([]);
  file("0001_first.sql", "create table pond\n(id bigint);\n");
  await expect(run()).rejects.toMatchObject({
    code: "schema.changed",
    message: expect.stringContaining("0001_first.sql"),
  });
});

test("refuses a number that was passed over", async () => {
  file("0002_second.sql", "create table pump (id int);");
  await run();
  file("0001_first.sql", "create table pond (id int);");
  await expect(run()).rejects.toMatchObject({ code: "schema.out_of_order" });
});

test("status tells what is pending and touches nothing", async () => {
  file("0001_first.sql", "create table pond (id int);");
  const status = { connectionString: database.url, directory };
  expect(await readSchemaStatus(status)).toEqual({ version: 0, pending: ["0001_first.sql"] });
  expect((await database.pool.query("select to_regclass('schema_migration') as t")).rows).toEqual([{ t: null }]);
  await run();
  expect(await readSchemaStatus(status)).toEqual({ version: 1, pending: [] });
});

test("the template that tests clone has the whole schema of this program", async () => {
  const clone = await createTestDatabase();
  try {
    const { version, pending } = await readSchemaStatus({ connectionString: clone.url });
    expect(pending).toEqual([]);
    expect(version).toBeGreaterThan(0);
  } finally {
    await clone.drop();
  }
});
