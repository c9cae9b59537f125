import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { createLogger } from "../../platform/logger.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { compactNext } from "../parts/compact-parts.ts";
import { createPartReader, type PartReader } from "../parts/part-reader.ts";
import type { SettlingStep } from "../parts/settling-context.ts";
import { deleteDoomed } from "../parts/sweep-parts.ts";
import { closeOpen, settleAll, startSmallGenerations } from "../parts/testing/random-readings.ts";
import { createTestFolder, startSettler, type TestFolder } from "../parts/testing/settling-fixture.ts";
import type { TelemetryReader } from "../reader.ts";
import { createTelemetryReader } from "../telemetry-reader.ts";
import { coarsenNext } from "./coarsen-sidecars.ts";
import { POLICIES } from "./policies.ts";
import { lockRetention, writeRetention } from "./retention-store.ts";
import { RetentionWorker } from "./retention-worker.ts";

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
/** Of profile 1. */
const DEVICES = [2, 4, 8];
const ALL: Aggregate[] = ["count", "sum", "mean", "min", "max", "first", "last"];
const ZONE = "Europe/Berlin";
/** Ten days over the end of a month and the end of summer time; long over in days, and another time in years. */
const MONTHS_AGO = Date.UTC(2025, 9, 24) * 1000;
const YEARS_AGO = Date.UTC(2021, 9, 24) * 1000;

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;
let partReader: PartReader;
let reader: TelemetryReader;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  sluice = await startSmallGenerations(database);
  partReader = createPartReader(folder.store, systemClock);
  reader = createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });
});
afterEach(async () => {
  await partReader.stop();
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

function valuesOf(step: number, device: number, minutes: number): Readonly<Record<number, number>> {
  const first = { 0: step * 3 + device };
  return step % 3 === 0 ? { ...first, 7: -step - minutes } : first;
}

/** Every few hours a reading, in sums that are exact in any order. */
async function fillFrom(fromMicros: number): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await sluice.pipeline.offer(
      batchOf(
        DEVICES.flatMap((device) =>
          [0, 5, 10].map((minutes) => ({
            device,
            micros: fromMicros + step * 4 * 60 * MINUTE + (device + minutes) * MINUTE,
            values: valuesOf(step, device, minutes),
          })),
        ),
      ),
    );
  }
  await closeOpen(sluice, database);
}

const asked = (fromMicros: number, interval: string, zone = ZONE) => ({
  interval,
  zone,
  fromMicros: fromMicros - 40 * DAY,
  toMicros: fromMicros + 70 * DAY,
  aggregates: ALL,
  profileId: 1,
  metricNumbers: [0, 7],
});

async function settledBy(fromMicros: number) {
  await fillFrom(fromMicros);
  const settler = (await startSettler(database, folder.store))!;
  await settleAll(settler);
  while ((await compactNext(settler.context, Date.now() * 1000)) !== undefined);
  await settler.die();
}

async function thin(): Promise<void> {
  const client = await database.pool.connect();
  await lockRetention(client, 1);
  await writeRetention(client, 1, { policy: "thin", ...POLICIES.thin, hold: null });
  client.release();
}

async function work(noticeMs = 0): Promise<void> {
  const worker = new RetentionWorker({
    pool: database.pool,
    clock: systemClock,
    logger: createLogger("silent"),
    noticeMs,
  });
  worker.start();
  await worker.settled();
  await worker.stop();
  expect(worker.health().lastError).toBeNull();
}

/** Until nothing is left to make coarser, from the start again whenever it dies. */
async function coarsenAll(onStep?: (step: SettlingStep) => void): Promise<number> {
  for (let done = 0; ; ) {
    const settler = (await startSettler(database, folder.store, onStep))!;
    try {
      while (await coarsenNext(settler.context, async () => ZONE, 0)) done++;
      return done;
    } catch (error) {
      expect(String(error)).toContain("died");
    } finally {
      await settler.die();
    }
  }
}

const liveParts = async () =>
  (
    await database.pool.query(
      `select sidecar_interval as interval, sidecar_zone as zone, count(*)::int as parts from part
        where state = 'live' and profile_id = 1 group by 1, 2 order by 1`,
    )
  ).rows;

describe("quarter-hours that were kept for long enough", () => {
  it("become days in the zone of the organization, of which days and months are told to the bit, and hours by name not", async () => {
    await settledBy(MONTHS_AGO);
    const days = await reader.aggregate(asked(MONTHS_AGO, "1d"));
    const months = await reader.aggregate(asked(MONTHS_AGO, "1mo"));
    expect(days.timesMicros.length).toBeGreaterThan(25);
    await thin();
    await work();
    await coarsenAll();
    expect(await liveParts()).toEqual([{ interval: "day", zone: ZONE, parts: 2 }]);
    expect(await reader.aggregate(asked(MONTHS_AGO, "1d"))).toEqual(days);
    expect(await reader.aggregate(asked(MONTHS_AGO, "1mo"))).toEqual(months);
    for (const [interval, zone] of [
      ["1h", ZONE],
      ["1d", "UTC"],
    ] as const) {
      await expect(reader.aggregate(asked(MONTHS_AGO, interval, zone))).rejects.toMatchObject({
        code: "telemetry.resolution_gone",
        details: { left: "1d", zone: ZONE },
      });
    }
  });

  it("become months at last, of one file a month", async () => {
    await settledBy(YEARS_AGO);
    const months = await reader.aggregate(asked(YEARS_AGO, "1mo"));
    await thin();
    await work();
    await coarsenAll();
    expect(await liveParts()).toEqual([{ interval: "month", zone: ZONE, parts: 2 }]);
    expect(await reader.aggregate(asked(YEARS_AGO, "1mo"))).toEqual(months);
    const error = { code: "telemetry.resolution_gone", details: { left: "1mo" } };
    await expect(reader.aggregate(asked(YEARS_AGO, "1d"))).rejects.toMatchObject(error);
  });

  it("are neither lost nor doubled when the settler dies at any step, and no file is left over", async () => {
    await settledBy(MONTHS_AGO);
    const days = await reader.aggregate(asked(MONTHS_AGO, "1d"));
    await thin();
    await work();
    const deaths = new Set<SettlingStep>(["row-written", "sidecar-stored", "before-commit", "committed"]);
    await coarsenAll((step) => {
      if (deaths.delete(step)) throw new Error("died");
    });
    expect(deaths.size).toBe(0);
    expect(await liveParts()).toEqual([{ interval: "day", zone: ZONE, parts: 2 }]);
    expect(await reader.aggregate(asked(MONTHS_AGO, "1d"))).toEqual(days);
    const settler = (await startSettler(database, folder.store))!;
    await deleteDoomed(settler.context, { readGraceMs: 0, orphanAgeMs: 0 });
    await settler.die();
    const names: string[] = [];
    for await (const { name } of folder.store.list("")) names.push(name);
    const { rows } = await database.pool.query(
      `select sidecar_name as name from part where state = 'live'
       union all select name from part where state = 'live' and raw_deleted_at is null`,
    );
    expect(names.sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it("stay while the profile is held, also when it is held in the middle of it", async () => {
    await settledBy(MONTHS_AGO);
    await thin();
    await work();
    const settler = (await startSettler(database, folder.store, async (step) => {
      if (step !== "before-commit") return;
      await database.pool.query("update retention set hold_reason = 'a claim', held_at = now(), policy = 'thin'");
    }))!;
    // The profile of the fixture is in no registry.
    await database.pool.query("alter table retention drop constraint retention_hold");
    await expect(coarsenNext(settler.context, async () => ZONE, 0)).rejects.toThrow("was held meanwhile");
    await settler.die();
    expect((await liveParts()).map(({ interval }) => interval)).toEqual(["quarter"]);
  });

  it("stay for a day after they were found to be due, so that a clock that is wrong for a while takes nothing", async () => {
    await settledBy(MONTHS_AGO);
    await thin();
    await work(86_400_000);
    const settler = (await startSettler(database, folder.store))!;
    expect(await coarsenNext(settler.context, async () => ZONE)).toBe(false);
    await settler.die();
    const { rows } = await database.pool.query("select count(*)::int as n from part where raw_dropped_at is not null");
    expect(rows[0].n).toBe(0);
    // The clock is set right again: none of it was due.
    await database.pool.query("update part set max_micros = extract(epoch from now()) * 1000000");
    await work(86_400_000);
    const { rows: notices } = await database.pool.query("select what from retention_notice");
    expect(notices).toEqual([]);
  });
});
