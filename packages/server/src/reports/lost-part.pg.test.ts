import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp, type TestParts } from "../api/testing/test-app.ts";
import { GENERATION_LIMITS } from "../pipeline/generation-keeper.ts";
import { Pipeline } from "../pipeline/index.ts";
import { createPartReader, createTelemetryReader, type PartReader } from "../telemetry/index.ts";
import { settleAll } from "../telemetry/parts/testing/random-readings.ts";
import { startSettler, type TestSettler } from "../telemetry/parts/testing/settling-fixture.ts";
import type { Reports } from "./reports.ts";
import { evaluateNow } from "./request-report.ts";

const START = Date.parse("2026-05-01T00:00:00Z");
const MESSAGES = 96;

let sluice: TestApp;
let parts: TestParts;
let pipeline: Pipeline;
let partReader: PartReader;
let settler: TestSettler;
let reports: Reports;
beforeAll(async () => {
  sluice = await createTestApp((given) => {
    parts = given;
    return [];
  });
  const { pool } = sluice.database;
  const payload = { uid: "weir", profile: "water-quality" };
  const device = (await sluice.ask({ method: "POST", url: "/api/v1/devices", payload })).json();
  await pool.query("update device set created_at = '2026-01-01'");
  await parts.pipeline.stop();
  pipeline = new Pipeline({
    connectionString: sluice.database.url,
    pool,
    clock: parts.clock,
    directory: parts.directory,
    rules: new RuleCatalog(),
    onTransitions: () => {},
    onFenced: () => {},
    onCommitError: () => {},
    owner: "another",
    generationLimits: { ...GENERATION_LIMITS, maxMessages: 20 },
  });
  await pipeline.start();
  for (let index = 0; index < MESSAGES; index++) {
    const batch = new MessageBatch(1);
    batch.addValue(0, 7);
    batch.endMessage(device.id, (START + index * 900_000) * 1000, undefined);
    await pipeline.offer(batch);
  }
  settler = (await startSettler(sluice.database, sluice.reports.objects))!;
  expect(await settleAll(settler)).toBeGreaterThan(1);
  partReader = createPartReader(sluice.reports.objects, parts.clock);
  const telemetry = createTelemetryReader({ pool, partition: 0, latestValues: () => undefined, partReader });
  reports = { ...sluice.reports, telemetry };
});
afterAll(async () => {
  await partReader.stop();
  await settler.die();
  await pipeline.stop();
  await sluice.close();
});

const draft = { report: "water-quality-daily", location: "default", period: "2026-05-01" };
const report = () => evaluateNow(reports, sluice.organizationId, draft, new AbortController().signal);

test("a report is made of settled readings and hot ones, and never silently without a part that is lost", async () => {
  // By the clock of Berlin the day ends two hours before it does in UTC, and began before the first reading.
  expect((await report()).completeness.readings).toBe(88);
  for await (const { name } of reports.objects.list("")) {
    if (name.endsWith(".parquet")) await reports.objects.delete(name);
  }
  await expect(report()).rejects.toMatchObject({ code: "telemetry.part_missing" });
});
