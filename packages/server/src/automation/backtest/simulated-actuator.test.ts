import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { describe, expect, it } from "vitest";
import { type ActuatorOutcome, causeOf, compileJobRule, type JobActuator } from "./backtest-job.ts";
import { type DeviceColumns, Replay } from "./replay.ts";
import { SimulatedActuator } from "./simulated-actuator.ts";

const SECOND = 1_000_000;
const HOUR = 3600;
/** 2026-03-28 12:00 in Berlin, the day before it has 23 hours. */
const NOON = Date.UTC(2026, 2, 28, 11) * 1000;
const LOW: RuleDefinition = { kind: "threshold", metric: "0", operator: "below", value: 10 };

/** Seconds after noon, and the value that a device says then. */
type Said = readonly (readonly [second: number, value: number])[];
const every = (step: number, from: number, to: number, value: number): Said =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => [from + i * step, value] as const);

const columnsOf = (said: Said): DeviceColumns => ({
  timesMicros: Float64Array.from(said, ([second]) => NOON + second * SECOND),
  columns: [Float64Array.from(said, ([, value]) => value)],
});

/** One actuator that the rules of all devices start; when it ran, in seconds after noon, until `end`. */
function simulate(actuator: Partial<JobActuator>, devices: readonly Said[], end: number, definition = LOW) {
  const ids = devices.map((_, index) => index + 1);
  const rules = ids.map((id) => {
    return compileJobRule({ id, definition, deviceId: id, inputs: { 0: { deviceId: id, metricNumber: 0 } } }, NOON);
  });
  const replay = new Replay(
    rules,
    ids.map((deviceId) => ({ deviceId, metricNumbers: [0] })),
    ({ state, timeMicros }) => {
      if (state === "firing") simulated.onFiring(timeMicros);
    },
  );
  const simulated: SimulatedActuator = new SimulatedActuator(
    {
      actuatorId: 1,
      envelope: { maxRunMs: 30_000, cooldownMs: 60_000 },
      durationMs: 30_000,
      priority: "THRESHOLD",
      timeZone: "Europe/Berlin",
      ruleIds: ids,
      ...actuator,
    },
    ids.map((id) => causeOf({ definition }, replay.runOf(id), NOON)),
    100,
  );
  replay.follow([simulated], devices.length > 1);
  replay.take(devices.map(columnsOf));
  replay.end(NOON + end * SECOND);
  const outcome = simulated.outcome(NOON + end * SECOND);
  return { ...outcome, starts: startsOf(outcome) };
}

const startsOf = ({ told }: ActuatorOutcome) => told.map(({ startMicros }) => (startMicros - NOON) / SECOND);

describe("a simulated actuator", () => {
  it("acts on silence at the time when it is long enough, and again after each pause until somebody speaks", () => {
    const silent: RuleDefinition = { kind: "no-data", metric: "0", afterMs: 60_000 };
    const said: Said = [
      [0, 20],
      [250, 20],
    ];
    expect(simulate({}, [said], 300, silent).starts).toEqual([60, 150, 240]);
  });

  it("runs when the rule fires, and again after each pause while it does", () => {
    const { starts, runs, runMs } = simulate({}, [[...every(10, 0, 300, 5), [310, 20]]], 1000);
    expect(starts).toEqual([0, 90, 180, 270]);
    expect({ runs, runMs }).toEqual({ runs: 4, runMs: 120_000 });
  });

  it("does not run again once the rule is resolved, but for its next episode, as early as the pause allows", () => {
    const said: Said = [
      [0, 5],
      [10, 20],
      [40, 5],
      [95, 5],
      [100, 20],
    ];
    const { starts, deferred } = simulate({}, [said], 1000);
    expect(starts).toEqual([0, 90]);
    expect(deferred).toEqual({ cooldown: 1 });
  });

  it("does not run again on what was measured before its last run ended", () => {
    const { starts, deferred } = simulate(
      {},
      [
        [
          [0, 5],
          [20, 5],
          [200, 5],
        ],
      ],
      400,
    );
    expect(starts).toEqual([0, 200]);
    expect(deferred.stale_reading).toBeGreaterThan(5);
  });

  it("waits for a reading that is young enough, where its envelope says so", () => {
    const envelope = { maxRunMs: 30_000, cooldownMs: 60_000, maxReadingAgeMs: 15_000 };
    const held: RuleDefinition = { ...LOW, forMs: 60_000 };
    expect(
      simulate(
        { envelope },
        [
          [
            [0, 5],
            [20, 5],
            [75, 5],
          ],
        ],
        400,
        held,
      ).starts,
    ).toEqual([80]);
  });

  it("keeps to its starts and its time of a day in its own zone, of 23 hours too", () => {
    const said = (hours: number) => [every(60, 0, hours * HOUR, 5)];
    // Midnights are 12, 35 and 59 hours after noon: the second of these days lacks an hour.
    const envelope = { maxRunMs: 600_000, cooldownMs: 0, maxStartsPerDay: 2 };
    expect(
      simulate({ envelope, durationMs: 600_000 }, said(60), 60 * HOUR).starts.map((start) => Math.floor(start / HOUR)),
    ).toEqual([0, 0, 12, 12, 35, 35, 59, 59]);
    const budget = { maxRunMs: 600_000, cooldownMs: 0, maxRunMsPerDay: 1_500_000 };
    const { runs, deferred } = simulate({ envelope: budget, durationMs: 600_000 }, said(36), 36 * HOUR);
    expect(runs).toBe(6);
    expect(deferred.max_run_per_day).toBe(3);
  });

  it("is refused what its envelope never allows", () => {
    expect(simulate({ durationMs: 30_001 }, [[[0, 5]]], 100)).toMatchObject({ runs: 0, refused: { max_run: 1 } });
  });

  it("runs once for a herd: whatever fires while it runs or waits is absorbed", () => {
    const herd = Array.from(
      { length: 5 },
      (_, index): Said => [
        [index, 5],
        [50 + index, 20],
      ],
    );
    expect(simulate({}, herd, 1000).starts).toEqual([0]);
    const handedOn: Said[] = [
      [
        [0, 5],
        [50, 20],
      ],
      [
        [40, 5],
        [60, 5],
        [95, 5],
        [100, 20],
      ],
    ];
    expect(simulate({}, handedOn, 1000).starts).toEqual([0, 90]);
  });

  it("counts a run that is still on up to the end of the period", () => {
    expect(simulate({}, [[[0, 5]]], 10)).toMatchObject({ runs: 1, runMs: 10_000 });
  });
});
