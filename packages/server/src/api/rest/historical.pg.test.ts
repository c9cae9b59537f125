import { afterAll, beforeAll, expect, test } from "vitest";
import { GENERATION_LIMITS } from "../../pipeline/generation-keeper.ts";
import { systemClock } from "../../platform/clock.ts";
import { createPartReader, type PartReader } from "../../telemetry/index.ts";
import { settleNext } from "../../telemetry/parts/settle-generation.ts";
import { createTestFolder, startSettler, type TestFolder } from "../../telemetry/parts/testing/settling-fixture.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

/** Midnight in Berlin before its clocks go back: the day has 25 hours. */
const MIDNIGHT_MS = Date.UTC(2026, 9, 24, 22);
const HOUR_MS = 3_600_000;
const PATH = "/api/sensors/historical?sensor_id=danube";

let sluice: TestApp;
let folder: TestFolder;
let partReader: PartReader;
beforeAll(async () => {
  folder = await createTestFolder();
  partReader = createPartReader(folder.store, systemClock);
  sluice = await createTestApp([], { partReader, generationLimits: { ...GENERATION_LIMITS, maxMessages: 9 } });
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "danube", profile: "generic" } });
  for (let hour = -2; hour < 28; hour++) {
    await sluice.store("danube", MIDNIGHT_MS + hour * HOUR_MS, { pH: hour }, { note: `hour ${hour}` });
  }
  const settler = (await startSettler(sluice.database, folder.store))!;
  while ((await settleNext(settler.context)) !== undefined);
  await settler.die();
  // A correction of what is settled, in the hot tail.
  await sluice.store("danube", MIDNIGHT_MS + 3 * HOUR_MS, { pH: 7.5 });
});
afterAll(async () => {
  await partReader.stop();
  await sluice.close();
  await folder.remove();
});

const get = (query: string, headers = {}) => sluice.ask({ url: `${PATH}&${query}`, headers });

test("a day by the clock of the site, out of settled files and the hot tail, with its corrections", async () => {
  const { rows } = await sluice.database.pool.query(
    "select sum(messages)::int as settled from part where state = 'live'",
  );
  expect(rows[0].settled).toBeGreaterThan(20);
  const day = (await get("date=2026-10-25")).json<
    { pH: number; note: string; sensor_id: string; timestamp: string }[]
  >();
  expect(day.map(({ pH }) => pH)).toEqual(Array.from({ length: 25 }, (_, hour) => (hour === 3 ? 7.5 : hour)));
  expect(day[0]).toEqual({ sensor_id: "danube", timestamp: "2026-10-24T22:00:00.000Z", pH: 0, note: "hour 0" });
});

test("as CSV", async () => {
  const { body, headers } = await get("date=2026-10-25", { accept: "text/csv" });
  expect(headers["content-type"]).toMatch(/^text\/csv/);
  const lines = body.trimEnd().split("\r\n");
  expect([lines.length, lines[0], lines[4]]).toEqual([26, "timestamp,pH", "2026-10-25T01:00:00.000Z,7.5"]);
});

test("a range, whose end is not in it", async () => {
  const from = new Date(MIDNIGHT_MS + 2 * HOUR_MS).toISOString();
  const to = String(MIDNIGHT_MS + 4 * HOUR_MS);
  const of = (answer: Awaited<ReturnType<typeof get>>) => answer.json<{ pH: number }[]>().map(({ pH }) => pH);
  expect(of(await get(`from=${from}&to=${to}`))).toEqual([2, 7.5]);
  expect(of(await get(`from=${from}`))).toHaveLength(26);
  for (const wrong of ["", "to=1", `date=2026-10-25&from=${from}`, "from=2&to=1"]) {
    expect((await get(wrong)).json(), wrong).toMatchObject({ status: 400, code: "query.range" });
  }
});
