import { readdir } from "node:fs/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteDoomed, type SweepLimits } from "../parts/sweep-parts.ts";
import { coarsenNext } from "./coarsen-sidecars.ts";
import { POLICIES, type Retention } from "./policies.ts";
import { startThinning, type Thinning } from "./testing/thinning-fixture.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A month ends within its first days by another hour than in UTC. */
const ZONE = "Asia/Tokyo";
const FROM = Date.UTC(2025, 9, 27) * 1000;
const DEVICE = 2;
const AT_ONCE = { readGraceMs: 0 } as SweepLimits;
const THIN: Retention = { policy: "thin", ...POLICIES.thin, hold: null };
const HELD: Retention = { policy: "keep", ...POLICIES.keep, hold: { reason: "a claim", since: new Date() } };

let thinning: Thinning;
beforeEach(async () => {
  thinning = await startThinning();
});
afterEach(() => thinning.stop());

const at = (micros: number, value = 1) => ({ device: DEVICE, micros, values: { 0: value } });

/** Three readings in each of some six-hour steps from the beginning. */
async function sendSteps(first: number, steps: number): Promise<void> {
  const of = (step: number) =>
    [2, 7, 12].map((minute) => at(FROM + step * 6 * HOUR + minute * MINUTE, step * 3 + minute));
  for (let step = first; step < first + steps; step++) await thinning.send(of(step));
}

async function days(interval = "1d"): Promise<string[]> {
  const range = { zone: ZONE, fromMicros: FROM - 40 * DAY, toMicros: FROM + 40 * DAY };
  const asked = { ...range, interval, aggregates: ["count", "sum"] as const, deviceId: DEVICE, metricNumbers: [0] };
  const { timesMicros, columns } = await thinning.reader.buckets(asked);
  const [count, sum] = [...columns.get(0)!.values()];
  return Array.from(timesMicros, (start, i) => `${new Date(start / 1000).toISOString()} ${count![i]} ${sum![i]}`);
}

async function liveIntervals(): Promise<Record<string, number>> {
  const { rows } = await thinning.database.pool.query<{ interval: string; n: number }>(
    `select sidecar_interval as interval, count(*)::int as n from part
      where state = 'live' and min_device = $1 group by 1 order by 1`,
    [DEVICE],
  );
  return Object.fromEntries(rows.map(({ interval, n }) => [interval, n]));
}

describe("thinning leaves every answer as it was", () => {
  it("of readings that are sent again after theirs are gone, before and after they become days", async () => {
    await sendSteps(0, 16);
    await thinning.settle();
    await thinning.compact();
    await thinning.setRetention(THIN);
    const truth = await days();
    await thinning.letGo();
    await sendSteps(0, 5);
    await thinning.settle();
    expect(await days()).toEqual(truth);
    await thinning.letGo();
    expect(await days()).toEqual(truth);
    expect(await thinning.coarsen(ZONE)).toBe(1);
    expect(await liveIntervals()).toEqual({ day: 1 });
    expect(await days()).toEqual(truth);

    await sendSteps(3, 5);
    await thinning.settle();
    await thinning.letGo();
    await thinning.coarsen(ZONE);
    expect(await liveIntervals()).toEqual({ day: 1 });
    expect(await days()).toEqual(truth);
    // What lies between no readings of its day counts.
    await thinning.send([at(FROM + 3 * DAY + 14 * HOUR, 100)]);
    await thinning.settle();
    const more = await days();
    expect(more).not.toEqual(truth);
    await thinning.letGo();
    await thinning.coarsen(ZONE);
    expect(await days()).toEqual(more);
  });

  it("of a month whose neighbour is days already, also of the day that lies in both", async () => {
    await sendSteps(0, 32);
    await thinning.settle();
    await thinning.compact();
    const truth = await days();
    const ofBorder = truth.filter((line) => line.startsWith("2025-10-31T15"));
    expect(ofBorder).toHaveLength(1);
    const daysAgo = Math.floor((Date.now() * 1000 - Date.UTC(2025, 10, 1) * 1000) / DAY);
    const own = { rawDays: daysAgo, quarterDays: daysAgo, dayDays: null, rollupDays: null };
    await thinning.setRetention({ policy: "own", ...own, hold: null });
    await thinning.letGo();
    await thinning.coarsen(ZONE);
    const { day, quarter } = await liveIntervals();
    expect(day).toBe(1);
    expect(quarter).toBeGreaterThan(0);
    expect(await days()).toEqual(truth);
    // Makes October's days ones that are looked at row by row.
    await thinning.send([at(FROM + 8 * HOUR + 8 * MINUTE, 0)]);
    expect((await days()).filter((line) => line.startsWith("2025-10-31T15"))).toEqual(ofBorder);
  });

  it("of a month of which a part cannot be read for now: it stays as it is, as long as it does", async () => {
    await sendSteps(0, 16);
    await thinning.settle();
    const truth = await days();
    await thinning.setRetention(THIN);
    await thinning.letGo();
    const parts = (await liveIntervals()).quarter!;
    expect(parts).toBeGreaterThan(2);
    const { pool } = thinning.database;
    await pool.query(
      `update part set retry_at = now() + interval '1 hour' where id =
         (select id from part where state = 'live' and min_device = 2 order by min_micros offset 1 limit 1)`,
    );
    expect(await thinning.coarsen(ZONE)).toBe(0);
    expect(await days()).toEqual(truth);
    await pool.query("update part set retry_at = null");
    expect(await thinning.coarsen(ZONE)).toBe(1);
    expect(await days()).toEqual(truth);
  });

  it("of readings that came before others of the same time, and are to be kept for longer", async () => {
    await thinning.send([0, 4, 8].map((minute) => at(FROM + minute * MINUTE, 1)));
    await thinning.settle();
    await thinning.send([at(FROM + MINUTE, 2), at(FROM + 12 * MINUTE, 2)]);
    await thinning.settle();
    const truth = await days();
    const { pool } = thinning.database;
    await pool.query(
      `update part set max_micros = extract(epoch from now()) * 1000000 where id =
         (select id from part where state = 'live' and min_device = 2 order by sequence limit 1)`,
    );
    await thinning.setRetention(THIN);
    await thinning.letGo();
    const { rows } = await pool.query("select 1 from part where raw_dropped_at is not null and min_device = $1", [
      DEVICE,
    ]);
    expect(rows).toHaveLength(0);
    expect(await days()).toEqual(truth);
  });
});

describe("what is not to become coarser", () => {
  beforeEach(async () => {
    await sendSteps(0, 8);
    await thinning.settle();
    await thinning.setRetention(THIN);
    await thinning.letGo();
  });

  it("stays when the policy says so after the notice was given", async () => {
    const before = await liveIntervals();
    await thinning.setRetention({ policy: "keep", ...POLICIES.keep, hold: null });
    await expect(thinning.coarsen(ZONE)).rejects.toThrow("is to be kept by now");
    expect(await liveIntervals()).toEqual(before);
  });

  it("is not called damaged because the store is out of reach, and leaves no file behind when it cannot be stored", async () => {
    const { folder, database, withSettler } = thinning;
    const lost = async () => {
      throw new SluiceError("unavailable", "object.unavailable", "The store is out of reach.", { retryable: true });
    };
    const thin = (store: typeof folder.store) =>
      withSettler((context) => coarsenNext(context, async () => ZONE, 0), { store });
    await expect(thin({ ...folder.store, lease: lost })).rejects.toMatchObject({ code: "object.unavailable" });
    await expect(thin({ ...folder.store, put: lost })).rejects.toMatchObject({ code: "object.unavailable" });
    const { rows } = await database.pool.query("select error from part where state = 'live' and error is not null");
    expect(rows).toEqual([]);
    expect(await readdir(folder.store.scratchFolder)).toEqual([]);
    expect(await thinning.coarsen(ZONE)).toBe(1);
  });

  it("is a month with a damaged sidecar, which is noted and does not keep the others waiting", async () => {
    await sendSteps(20, 4);
    await thinning.settle();
    await thinning.letGo();
    const { pool } = thinning.database;
    const { rows } = await pool.query<{ name: string }>(
      `update part set sidecar_checksum = 'another' where id =
         (select id from part where state = 'live' and min_device = $1 order by min_micros limit 1) returning name`,
      [DEVICE],
    );
    expect(await thinning.coarsen(ZONE)).toBe(1);
    const noted = await pool.query("select name, failures from part where error like '%reads back as%'");
    expect(noted.rows).toEqual([{ name: rows[0]!.name, failures: 1 }]);
    expect(await liveIntervals()).toMatchObject({ day: 1, quarter: expect.any(Number) });
  });
});

describe("a hold takes back what is not deleted yet", () => {
  it("of parts that were to go whole, and no more once their files begin to go", async () => {
    await sendSteps(0, 8);
    await thinning.settle();
    const truth = await days();
    await thinning.setRetention({
      policy: "own",
      rawDays: 10,
      quarterDays: null,
      dayDays: null,
      rollupDays: 20,
      hold: null,
    });
    await thinning.letGo();
    expect(await liveIntervals()).toEqual({});
    await thinning.setRetention(HELD);
    expect(await days()).toEqual(truth);
    expect(
      (await thinning.reader.series({ deviceId: DEVICE, fromMicros: FROM, toMicros: FROM + DAY })).timesMicros,
    ).toHaveLength(12);
    await thinning.withSettler((context) => deleteDoomed(context, AT_ONCE));
    expect(await days()).toEqual(truth);

    await thinning.setRetention({ ...HELD, policy: "own", rawDays: 10, rollupDays: 20, hold: null });
    await thinning.letGo();
    const onStep = async () => thinning.setRetention(HELD);
    await thinning.withSettler((context) => deleteDoomed(context, AT_ONCE), { onStep });
    const left = await days();
    expect(left.length).toBeLessThan(truth.length);
    expect(left.length).toBeGreaterThan(0);
  });

  it("of parts that became days", async () => {
    await sendSteps(0, 8);
    await thinning.settle();
    const before = await liveIntervals();
    const hours = await days("1h");
    await thinning.setRetention(THIN);
    await thinning.letGo();
    await thinning.coarsen(ZONE);
    expect(await liveIntervals()).toEqual({ day: 1 });
    await thinning.setRetention(HELD);
    expect(await liveIntervals()).toEqual(before);
    await thinning.withSettler((context) => deleteDoomed(context, AT_ONCE));
    expect(await days("1h")).toEqual(hours);
    expect(
      (await thinning.reader.series({ deviceId: DEVICE, fromMicros: FROM, toMicros: FROM + DAY })).timesMicros,
    ).toHaveLength(12);
  });
});
