import { writeFileSync } from "node:fs";
import path from "node:path";
import { createTestApp, type TestApp } from "@sluice/server/api/testing/test-app.ts";
import { installNewOrganization } from "@sluice/server/devices/index.ts";
import { GENERATION_LIMITS } from "@sluice/server/pipeline/generation-keeper.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { connectClient, inTransaction } from "@sluice/server/platform/postgres.ts";
import { createPartReader, createTelemetryReader, type PartReader } from "@sluice/server/telemetry/index.ts";
import { settleNext } from "@sluice/server/telemetry/parts/settle-generation.ts";
import {
  createTestFolder,
  startSettler,
  type TestFolder,
} from "@sluice/server/telemetry/parts/testing/settling-fixture.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SqlSession } from "./sql-session.ts";

const T = Date.UTC(2026, 4, 1);
const EVER = { profile: "generic", fromMicros: 0, toMicros: 2 ** 52 };
const SETTINGS = { memoryMegabytes: 256, threads: 1 };
const UIDS = ["a", "b", "it's"];

let sluice: TestApp;
let folder: TestFolder;
let partReader: PartReader;
let session: SqlSession;
beforeAll(async () => {
  folder = await createTestFolder("sluice [sql] it's-");
  partReader = createPartReader(folder.store, systemClock);
  sluice = await createTestApp([], { generationLimits: { ...GENERATION_LIMITS, maxMessages: 25 } });
  for (const uid of UIDS) {
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "generic" } });
  }
  // On the first day versions lie in several parts, on later ones each part is alone.
  const message = fc.record({
    uid: fc.constantFrom(...UIDS),
    step: fc.integer({ min: 0, max: 90 }),
    values: fc.dictionary(fc.constantFrom("ph", "Flow rate", "sequence"), fc.integer({ min: 0, max: 99 }), {
      minKeys: 1,
    }),
  });
  for (const [i, { uid, step, values }] of fc.sample(message, { numRuns: 160, seed: 7 }).entries()) {
    const day = i < 100 ? 0 : Math.floor(i / 25);
    await sluice.store(uid, T + day * 86_400_000 + step * 60_000, values, i % 9 === 0 ? { note: `n${i}` } : undefined);
  }
  const settler = (await startSettler(sluice.database, folder.store))!;
  while ((await settleNext(settler.context)) !== undefined);
  await settler.die();
  session = await open();
}, 60_000);
afterAll(async () => {
  session?.close();
  await partReader.stop();
  await sluice.close();
  await folder.remove();
});

async function open(filter = EVER): Promise<SqlSession> {
  const client = await connectClient(sluice.database.url, "sql");
  try {
    return await SqlSession.open(client, folder.store, filter, SETTINGS);
  } finally {
    await client.end();
  }
}

async function rowsOf(sql: string, of = session): Promise<unknown[][]> {
  return (await of.query(sql)).getRowsJson();
}

/** What queries say of the settled readings alone. */
function settled() {
  return createTelemetryReader({ pool: sluice.database.pool, partition: 0, latestValues: () => undefined, partReader });
}

test("readings are those that queries find, by uid and key, each version resolved", async () => {
  const { rows: parts } = await sluice.database.pool.query("select count(*)::int as n from part where state = 'live'");
  expect(parts[0].n).toBeGreaterThan(4);
  await sluice.database.pool.query("delete from generation where state <> 'settled'");
  const expected: unknown[][] = [];
  for (const uid of UIDS) {
    const { rows } = await sluice.database.pool.query("select id from device where uid = $1", [uid]);
    const series = await settled().series({ deviceId: rows[0].id, fromMicros: 0, toMicros: 2 ** 52 });
    const column = (number: number, row: number) => {
      const value = series.columns.get(number)?.[row];
      return value === undefined || Number.isNaN(value) ? null : value;
    };
    series.timesMicros.forEach((micros, row) => {
      expected.push([uid, micros, column(0, row), column(1, row), column(2, row)]);
    });
  }
  const { rows: metrics } = await sluice.database.pool.query(
    "select m.key from profile_metric m join device_profile p on p.id = m.profile_id where p.key = 'generic' order by number",
  );
  const [first, second, third] = metrics.map(({ key }) => `"${key}"`);
  const found = await rowsOf(
    `select device, epoch_us(time)::double, ${first}, ${second}, ${third} from readings order by device, time`,
  );
  expect(found).toEqual(
    expected.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : a[0] === b[0] ? Number(a[1]) - Number(b[1]) : 1)),
  );
  expect(found.length).toBeGreaterThan(60);
});

test("quarter-hours say the same as the readings", async () => {
  const fields = (of: string) => `sum(${of})`;
  const ofReadings = await rowsOf(
    `select device, make_timestamptz(epoch_us(time) // 900000000 * 900000000) as bucket, count(ph)::double, sum(ph), min(ph), max(ph),
            arg_min(ph, time), arg_max(ph, time) from readings where ph is not null group by all order by 1, 2`,
  );
  const ofQuarters = await rowsOf(
    `select device, bucket, ${fields('"ph:count"')}::double, sum("ph:sum"), min("ph:min"), max("ph:max"), any_value("ph:first"), any_value("ph:last")
       from quarters where "ph:count" > 0 group by all order by 1, 2`,
  );
  expect(ofQuarters).toEqual(ofReadings);
});

test("devices are a table, and without a profile its schema stands before the views", async () => {
  expect(await rowsOf("select uid, profile, site from devices order by uid")).toEqual(
    UIDS.map((uid) => [uid, "generic", expect.any(String)]),
  );
  const all = await open({ ...EVER, profile: undefined as never });
  expect(await rowsOf("select count(*)::int from generic.readings", all)).toEqual(
    await rowsOf("select count(*)::int from readings"),
  );
  all.close();
});

test("a device that is off is in it; a key that several organizations have is asked for with one of them", async () => {
  const { pool } = sluice.database;
  await pool.query("update device set status = 'inactive' where uid = 'a'");
  const { id } = await inTransaction(pool, (client) =>
    installNewOrganization(client, { slug: "other", name: "Other", timeZone: "UTC" }),
  );
  const { rows } = await pool.query("select name from organization where id <> $1", [id]);
  const ours = `generic@${rows[0].name}`;
  await expect(open()).rejects.toMatchObject({
    code: "sql.profile_ambiguous",
    message: expect.stringMatching(`"${ours}", "generic@Other"`),
  });
  await expect(open({ ...EVER, profile: "nothing" })).rejects.toMatchObject({ code: "sql.profile_unknown" });
  const one = await open({ ...EVER, profile: ours });
  const count = "select count(*)::int from readings";
  expect(await rowsOf(`${count} where device = 'a'`, one)).toEqual(await rowsOf(`${count} where device = 'a'`));
  expect(await rowsOf(count, one)).toEqual(await rowsOf(count));
  one.close();
  const other = await open({ ...EVER, profile: "generic@Other" });
  expect(await rowsOf("show all tables", other)).toHaveLength(1);
  other.close();
});

test.each([
  "create table x as select 1",
  "insert into devices values (1)",
  "drop table devices",
  "set memory_limit = '9GB'",
  "install httpfs",
  "attach '/tmp/x.db'",
  "copy (select 1) to '/tmp/x.csv'",
  "select 1; select 2",
  "",
])("%s is refused", async (sql) => {
  await expect(session.query(sql)).rejects.toMatchObject({
    code: expect.stringMatching(/^sql\.(not_a_query|failed)$/),
  });
});

test("no other file of the machine can be read, and none of ours be written", async () => {
  const secret = path.join(folder.root, "secret.csv");
  writeFileSync(secret, "a\n1\n");
  for (const sql of [
    `select * from '${secret.replace("'", "''")}'`,
    "select * from read_text('/etc/passwd')",
    "select * from glob('/etc/*')",
  ]) {
    await expect(rowsOf(sql), sql).rejects.toThrow(/disabled|does not exist|Cannot access|not find/i);
  }
  const { rows } = await sluice.database.pool.query("select name from part where state = 'live' limit 1");
  const part = await folder.store.localPath(rows[0].name);
  await expect(session.query(`copy (select 1) to '${part.replaceAll("'", "''")}'`)).rejects.toMatchObject({
    code: "sql.not_a_query",
  });
});

test("what needs more memory than it may have is refused", async () => {
  await expect(rowsOf("select count(distinct range::varchar || repeat('x', 500)) from range(3000000)")).rejects.toThrow(
    /Out of Memory|memory/i,
  );
});
