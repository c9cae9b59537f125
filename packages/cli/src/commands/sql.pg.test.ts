import { createTestDatabase, type TestDatabase } from "@sluice/server/platform/testing/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSluice, SluiceHome } from "../testing/run-sluice.ts";

let database: TestDatabase;
let home: SluiceHome;
beforeAll(async () => {
  database = await createTestDatabase();
  home = new SluiceHome({ SLUICE_DATABASE_URL: database.url });
});
afterAll(async () => {
  home.remove();
  await database.drop();
});

test("rows come as a table for people, as CSV and as JSON", async () => {
  const sql = `select 1.5::double as "a b", 'x,"y"' as text, null as nothing, make_timestamptz(0) as time`;
  expect((await home.run(["sql", sql])).stdout).toBe(
    [
      "a b  text   nothing  time",
      "---  -----  -------  ----------------------",
      '1.5  x,"y"           1970-01-01 00:00:00+00',
      "1 row",
      "",
    ].join("\n"),
  );
  expect((await home.run(["sql", "--csv", sql])).stdout).toBe(
    'a b,text,nothing,time\r\n1.5,"x,""y""",,1970-01-01 00:00:00+00\r\n',
  );
  expect(JSON.parse((await home.run(["sql", "--json", sql])).stdout)).toEqual([
    { "a b": 1.5, text: 'x,"y"', nothing: null, time: "1970-01-01 00:00:00+00" },
  ]);
  expect((await home.run(["sql", "--json", "select 1 where false"])).stdout).toBe("[]\n");
});

test("what takes too long, makes no sense or would change something exits with 1, and says why", async () => {
  const endless = "select count(*) from range(100000) a, range(10000000) b where (a.range * b.range) % 7 = 3";
  for (const [words, code] of [
    [["--timeout", "1", endless], "sql.too_long"],
    [["select * from nothing"], "sql.failed"],
    [["drop table devices"], "sql.not_a_query"],
  ] as const) {
    const run = await home.run(["sql", ...words]);
    expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining(code)]);
  }
});

test("a home without a database is not given one", async () => {
  const run = await runSluice(["sql", "select 1"]);
  expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("sql.nothing")]);
});
