import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp, type TestParts } from "../api/testing/test-app.ts";
import { evaluateNow } from "./request-report.ts";

const STATIONS = 1_000;
const QUARTERS = 96;
const DAY = "2026-05-01";
const START = Date.parse("2026-05-01T00:00:00Z");

let sluice: TestApp;
let parts: TestParts;
beforeAll(async () => {
  sluice = await createTestApp((given) => {
    parts = given;
    return [];
  });
  await sluice.ask({
    method: "POST",
    url: "/api/v1/sites",
    payload: { slug: "river", name: "River", timeZone: "UTC" },
  });
  const { rows } = await sluice.database.pool.query<{ id: number }>(
    `insert into device (organization_id, uid, name, profile_id, site_id, status, properties, created_at)
     select s.organization_id, 'station-' || n, 'Station ' || n, p.id, s.id, 'active', '{}', '2026-01-01'
       from generate_series(1, $1) n, site s, device_profile p where s.slug = 'river' and p.key = 'water-quality'
     returning id`,
    [STATIONS],
  );
  const ids = rows.map(({ id }) => id);
  await parts.directory.resolve(sluice.organizationId, ["station-1"]);
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const batch = new MessageBatch(STATIONS);
    for (const id of ids) {
      for (let metric = 0; metric < 8; metric++) batch.addValue(metric, metric + quarter / QUARTERS);
      batch.endMessage(id, (START + quarter * 900_000) * 1000, undefined);
    }
    const { rejected } = await parts.pipeline.offer(batch);
    expect(rejected).toEqual([]);
  }
}, 120_000);
afterAll(() => sluice.close());

test("a thousand stations of a day are one question to the telemetry, whatever they say", async () => {
  let questions = 0;
  const { telemetry } = sluice.reports;
  const counted = {
    aggregate: (query: Parameters<typeof telemetry.aggregate>[0]) => {
      questions++;
      return telemetry.aggregate(query);
    },
    latestOf: (ids: readonly number[]) => {
      questions++;
      return telemetry.latestOf(ids);
    },
  };
  const draft = { report: "water-quality-daily", location: "river", period: DAY };
  const content = await evaluateNow(
    { ...sluice.reports, telemetry: counted },
    sluice.organizationId,
    draft,
    new AbortController().signal,
  );
  const readings = STATIONS * QUARTERS * 8;
  expect(content.completeness).toEqual({ expected: readings, readings, share: 1 });
  const summary = content.sections.find((section) => section.kind === "summary")!;
  expect(summary.rows.map(({ count, min }) => [count, min])).toEqual(
    Array.from({ length: 8 }, (_, metric) => [STATIONS * QUARTERS, metric]),
  );
  expect(questions).toBe(2);
});
