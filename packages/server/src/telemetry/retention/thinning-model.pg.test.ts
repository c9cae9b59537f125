import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";
import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RawReader } from "../parts/raw-reader.ts";
import { startThinning, type Thinning } from "./testing/thinning-fixture.ts";

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
/** Over the end of a month and of summer time. */
const FROM = Date.UTC(2025, 9, 24) * 1000;
const DAYS = 12;
/** Of profile 1. */
const DEVICES = [2, 4];
const ALL: Aggregate[] = ["count", "sum", "min", "max", "first", "last"];

interface Reading {
  readonly device: number;
  readonly micros: number;
  readonly value: number;
}

/** What is left of readings: of some that were valid, in the order of their times. */
interface Summary {
  readonly device: number;
  readonly startMicros: number;
  readonly readings: readonly Reading[];
}

interface ModelPart {
  readonly id: number;
  /** Undefined: they are gone. */
  readonly readings: readonly Reading[] | undefined;
  readonly summaries: readonly Summary[];
}

/**
 * What counts, in the plainest way. Parts in the order of arrival. Where readings are gone, summaries count whole or not at all:
 * one whose first to last reading meets none that counted before. Of readings that are there, the later version holds, and
 * those that lie between the first and the last of such a summary do not count.
 */
function counted(parts: readonly ModelPart[]): Summary[] {
  const counting: Summary[] = [];
  const meets = (one: Summary, device: number, from: number, to: number) =>
    one.device === device && one.readings[0]!.micros <= to && one.readings.at(-1)!.micros >= from;
  for (const { readings, summaries } of parts) {
    if (readings !== undefined) continue;
    for (const summary of summaries) {
      const [from, to] = [summary.readings[0]!.micros, summary.readings.at(-1)!.micros];
      if (!counting.some((one) => meets(one, summary.device, from, to))) counting.push(summary);
    }
  }
  const versions = new Map<string, Reading>();
  for (const { readings } of parts) for (const one of readings ?? []) versions.set(`${one.device} ${one.micros}`, one);
  const free = [...versions.values()].filter(
    ({ device, micros }) => !counting.some((one) => meets(one, device, micros, micros)),
  );
  return [...counting, ...free.map((one) => ({ device: one.device, startMicros: one.micros, readings: [one] }))];
}

function summarize(readings: readonly Reading[], find: (micros: number) => { startMicros: number }): Summary[] {
  const sorted = readings.toSorted((a, b) => a.micros - b.micros);
  const groups = Map.groupBy(sorted, ({ device, micros }) => `${device} ${find(micros).startMicros}`);
  return [...groups.values()].map((group) => {
    const [{ device, micros }] = group as [Reading];
    return { device, startMicros: Math.floor(micros / (15 * MINUTE)) * 15 * MINUTE, readings: group };
  });
}

const quarters = (micros: number) => ({ startMicros: Math.floor(micros / (15 * MINUTE)) * 15 * MINUTE });

/** Follows the catalogue: what was read of a part when it came is all that is taken from its files. */
class Model {
  private readonly readings = new Map<number, readonly Reading[]>();
  private readonly coarse = new Map<number, readonly Summary[]>();
  private readonly thinning: Thinning;

  constructor(thinning: Thinning) {
    this.thinning = thinning;
  }

  async parts(): Promise<ModelPart[]> {
    const { rows } = await this.thinning.database.pool.query(
      `select id::float8 as id, name, raw_dropped_at is null as "hasReadings", sidecar_interval as interval,
              sidecar_zone as zone,
              array(select id::float8 from part as finer where finer.replaced_by = part.id order by sequence, id) as finer
         from part where profile_id = 1 and state in ('live', 'replaced') order by sequence, id`,
    );
    for (const { id, name, interval } of rows) {
      if (interval === "quarter" && !this.readings.has(id)) this.readings.set(id, await this.read(name));
    }
    for (const { id, interval, zone, finer } of rows) {
      if (interval !== "quarter" && !this.coarse.has(id)) this.coarse.set(id, this.fold(finer, interval, zone));
    }
    const live = await this.thinning.database.pool.query<{ id: number }>(
      "select id::float8 as id from part where state = 'live'",
    );
    const areLive = new Set(live.rows.map(({ id }) => id));
    return rows
      .filter(({ id }) => areLive.has(id))
      .map(({ id, hasReadings }) => ({
        id,
        readings: hasReadings ? this.readings.get(id) : undefined,
        summaries: this.summariesOf(id),
      }));
  }

  private summariesOf(id: number): readonly Summary[] {
    return this.coarse.get(id) ?? summarize(this.readings.get(id)!, quarters);
  }

  private fold(finer: readonly number[], interval: string, zone: string): readonly Summary[] {
    const parts = finer.map((id) => ({ id, readings: undefined, summaries: this.summariesOf(id) }));
    const left = counted(parts).flatMap(({ readings }) => readings);
    return summarize(left, bucketFinder(parseInterval(interval === "day" ? "1d" : "1mo"), zone));
  }

  private async read(name: string): Promise<readonly Reading[]> {
    const reader = await RawReader.open(await this.thinning.folder.store.localPath(name));
    const readings: Reading[] = [];
    for (let group = 0; group < reader.groups.length; group++) {
      const { length, deviceIds, timesMicros, columns } = await reader.readGroup(group);
      for (let row = 0; row < length; row++) {
        const value = columns.get(0)?.[row] ?? Number.NaN;
        if (!Number.isNaN(value)) readings.push({ device: deviceIds[row]!, micros: timesMicros[row]!, value });
      }
    }
    await reader.close();
    return readings;
  }
}

interface Asked {
  readonly interval: string;
  readonly zone: string;
  readonly fromMicros: number;
  readonly toMicros: number;
}

function expected(summaries: readonly Summary[], { interval, zone, fromMicros, toMicros }: Asked) {
  const find = bucketFinder(parseInterval(interval), zone);
  const inRange = summaries.filter(({ startMicros }) => startMicros >= fromMicros && startMicros < toMicros);
  const groups = Map.groupBy(inRange, ({ device, startMicros }) => `${device} ${find(startMicros).startMicros}`);
  return Object.fromEntries(
    [...groups].map(([place, together]) => {
      const readings = together.flatMap((one) => one.readings).sort((a, b) => a.micros - b.micros);
      const values = readings.map(({ value }) => value);
      const sum = values.reduce((a, b) => a + b);
      return [place, [values.length, sum, Math.min(...values), Math.max(...values), values[0], values.at(-1)]];
    }),
  );
}

async function told({ reader }: Thinning, asked: Asked) {
  const found = await reader.aggregate({ ...asked, aggregates: ALL, profileId: 1, metricNumbers: [0] });
  const rows = Array.from(found.timesMicros, (start, row) => {
    const values = ALL.map((aggregate) => found.columns.get(0)!.get(aggregate)![row]);
    return [`${found.deviceIds[row]} ${start}`, values] as const;
  });
  return Object.fromEntries(rows.filter(([, values]) => values[0]! > 0));
}

/** Few places, so that readings are sent again, corrected, and come between others; sums of integers are exact. */
const anyMessage = fc
  .record({
    device: fc.constantFrom(...DEVICES),
    day: fc.integer({ min: 0, max: DAYS - 1 }),
    hour: fc.constantFrom(0, 1, 12, 22, 23),
    minute: fc.constantFrom(0, 4, 8, 12, 30, 34),
    value: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ device, day, hour, minute, value }) => {
    return { device, micros: FROM + day * DAY + (hour * 60 + minute) * MINUTE, values: { 0: value } };
  });
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.array(anyMessage, { minLength: 1, maxLength: 30 }) },
  { weight: 2, arbitrary: fc.constantFrom("settle" as const, "compact" as const) },
  { weight: 2, arbitrary: fc.constantFrom("readings" as const, "days" as const, "months" as const) },
);
type Step = "settle" | "compact" | "readings" | "days" | "months" | { device: number; micros: number }[];

async function take(thinning: Thinning, step: Step, zone: string): Promise<void> {
  if (typeof step !== "string") {
    await thinning.send(step);
    await thinning.settle();
  } else if (step === "compact") await thinning.compact();
  else if (step !== "settle") {
    const days = { rawDays: 1, quarterDays: step === "readings" ? null : 1, dayDays: step === "months" ? 2 : null };
    await thinning.setRetention({ policy: "own", ...days, rollupDays: null, hold: null });
    await thinning.letGo();
    await thinning.coarsen(zone);
  }
}

async function expectTruth(thinning: Thinning, model: Model, queries: readonly Asked[]): Promise<number> {
  let refused = 0;
  const summaries = counted(await model.parts());
  for (const asked of queries) {
    const answer = await told(thinning, asked).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "telemetry.resolution_gone" });
      refused++;
    });
    if (answer !== undefined) expect(answer, JSON.stringify(asked)).toEqual(expected(summaries, asked));
  }
  return refused;
}

test.each(["UTC", "Europe/Berlin"])(
  "whatever is sent, let go and thinned in %s, in any order, queries tell what counts",
  {
    timeout: 300_000,
  },
  async (zone) => {
    const whole = { fromMicros: FROM - 40 * DAY, toMicros: FROM + 60 * DAY };
    const part = { fromMicros: FROM + 3 * DAY, toMicros: FROM + 9 * DAY };
    const queries: Asked[] = [
      ...["15m", "1h", "1d", "1mo"].map((interval) => ({ interval, zone, ...whole })),
      ...["1h", "1d"].map((interval) => ({ interval, zone, ...part })),
    ];
    const runs = fc.sample(fc.array(anyStep, { minLength: 9, maxLength: 9, size: "max" }), { numRuns: 3, seed: 11 });
    let refused = 0;
    for (const steps of runs) {
      const thinning = await startThinning();
      const model = new Model(thinning);
      try {
        for (const step of [...steps, "days", "months"] as Step[]) {
          await take(thinning, step, zone);
          refused += await expectTruth(thinning, model, queries);
        }
      } finally {
        await thinning.stop();
      }
    }
    expect(refused).toBeGreaterThan(0);
  },
);
