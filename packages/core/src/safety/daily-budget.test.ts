import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Charge, dailyObstacles, useOfDay } from "./daily-budget.ts";
import type { Envelope } from "./envelope.ts";

const HOUR = 3_600_000_000;
const MINUTE_MS = 60_000;
/** 29 March 2026 in Berlin has 23 hours: midnight is 23:00 UTC the day before, and 22:00 UTC on the day. */
const SPRING = { startMicros: Date.UTC(2026, 2, 28, 23) * 1000, endMicros: Date.UTC(2026, 2, 29, 22) * 1000 };
const NEXT = { startMicros: SPRING.endMicros, endMicros: SPRING.endMicros + 24 * HOUR };
const ENVELOPE: Envelope = { maxRunMs: 30 * MINUTE_MS, cooldownMs: 0 };

function charge(fromMicros: number, runMs: number, tookMs = runMs): Charge {
  const toMicros = fromMicros + tookMs * 1000;
  return { fromMicros, toMicros, startedByMicros: Math.min(fromMicros + 30_000_000, toMicros), runMs };
}

describe("what a day is charged", () => {
  it("is each run by what it proved, and its start", () => {
    const runs = [charge(SPRING.startMicros + HOUR, MINUTE_MS), charge(SPRING.startMicros + 2 * HOUR, 2 * MINUTE_MS)];
    expect(useOfDay(SPRING, runs)).toMatchObject({ starts: 2, runMs: 3 * MINUTE_MS });
    expect(useOfDay(NEXT, runs)).toMatchObject({ starts: 0, runMs: 0 });
  });

  it("of a run over midnight is what it shares with each day; its start belongs to the day of its decision", () => {
    const run = charge(SPRING.endMicros - 10 * MINUTE_MS * 1000, 30 * MINUTE_MS);
    expect(useOfDay(SPRING, [run])).toMatchObject({ starts: 1, runMs: 10 * MINUTE_MS });
    expect(useOfDay(NEXT, [run])).toMatchObject({ starts: 0, runMs: 20 * MINUTE_MS });
  });

  it("of a run that may have started on either side of midnight is one start to both", () => {
    const run = charge(SPRING.endMicros - 10_000_000, MINUTE_MS);
    expect([SPRING, NEXT].map((day) => useOfDay(day, [run]).starts)).toEqual([1, 1]);
  });

  it("is never less than the time that it was on", () => {
    const run = fc.record({
      offsetMs: fc.integer({ min: -40 * MINUTE_MS, max: 24 * 60 * MINUTE_MS }),
      lateMs: fc.integer({ min: 0, max: 30_000 }),
      runMs: fc.integer({ min: 1, max: 30 * MINUTE_MS }),
    });
    fc.assert(
      fc.property(run, ({ offsetMs, lateMs, runMs }) => {
        const fromMicros = SPRING.startMicros + offsetMs * 1000;
        const charged = useOfDay(SPRING, [charge(fromMicros, runMs, lateMs + runMs)]);
        const onFrom = Math.max(fromMicros + lateMs * 1000, SPRING.startMicros);
        const onTo = Math.min(fromMicros + (lateMs + runMs) * 1000, SPRING.endMicros);
        expect(charged.runMs).toBeGreaterThanOrEqual(Math.max(0, onTo - onFrom) / 1000);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });
});

describe("a budget", () => {
  const now = SPRING.startMicros + HOUR;
  const ask = (envelope: Partial<Envelope>, use: { starts?: number; runMs?: number }, at = now) =>
    dailyObstacles(
      { ...ENVELOPE, ...envelope },
      [
        { ...SPRING, starts: 0, runMs: 0, ...use },
        { ...NEXT, starts: 0, runMs: 0 },
      ],
      10 * MINUTE_MS,
      at,
    );

  it("of starts is used up at its number, until the midnight of its site", () => {
    expect(ask({ maxStartsPerDay: 3 }, { starts: 2 })).toEqual([]);
    expect(ask({ maxStartsPerDay: 3 }, { starts: 3 })).toMatchObject([
      { limit: "max_starts_per_day", untilMicros: SPRING.endMicros },
    ]);
  });

  it("of time has room for the whole run, or none", () => {
    expect(ask({ maxRunMsPerDay: 20 * MINUTE_MS }, { runMs: 10 * MINUTE_MS })).toEqual([]);
    expect(ask({ maxRunMsPerDay: 20 * MINUTE_MS }, { runMs: 10 * MINUTE_MS + 1 })).toMatchObject([
      { limit: "max_run_per_day", untilMicros: SPRING.endMicros },
    ]);
  });

  it("that is smaller than the run, or nothing, never has room", () => {
    expect(ask({ maxRunMsPerDay: 10 * MINUTE_MS - 1 }, {})).toMatchObject([{ untilMicros: undefined }]);
    expect(ask({ maxStartsPerDay: 0 }, {})).toMatchObject([{ limit: "max_starts_per_day", untilMicros: undefined }]);
  });

  it("of the next day counts for a run that reaches into it", () => {
    const late = SPRING.endMicros - 5 * MINUTE_MS * 1000;
    const full = [
      { ...SPRING, starts: 0, runMs: 0 },
      { ...NEXT, starts: 0, runMs: 20 * MINUTE_MS },
    ];
    const found = dailyObstacles({ ...ENVELOPE, maxRunMsPerDay: 20 * MINUTE_MS }, full, 10 * MINUTE_MS, late);
    expect(found).toMatchObject([{ limit: "max_run_per_day", untilMicros: NEXT.endMicros }]);
  });
});
