import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIVE_STATES } from "../commands/command.ts";
import {
  type ActuatorSituation,
  type Decision,
  decide,
  isAbove,
  type LiveRun,
  obstacles,
  PRIORITIES,
  type RunRequest,
  YIELDING_RECHECK_MS,
} from "./decide.ts";
import type { Envelope } from "./envelope.ts";
import { reserve, START_WITHIN_MS } from "./windows.ts";

const NOW = 1_800_000_000_000_000;
const ENVELOPE: Envelope = { maxRunMs: 30_000, cooldownMs: 900_000, safeState: "off" };
const FREE: ActuatorSituation = {
  mode: "auto",
  isHeld: false,
  isSiteStopped: false,
  interlocked: [],
  lastRunEndMicros: 0,
  lockEndMicros: 0,
  isReachable: true,
  days: [],
};
const PERSON: RunRequest = { durationMs: 30_000, priority: "MANUAL" };
const RULE: RunRequest = { durationMs: 30_000, priority: "THRESHOLD", readingMicros: NOW - 1 };

/** A run of a rule that is on for five more seconds. */
function live(change: Partial<LiveRun> = {}): LiveRun {
  return {
    commandId: "run-1",
    actuatorId: 1,
    state: "RUNNING",
    priority: "THRESHOLD",
    runEndMicros: NOW + 5_000_000,
    cooldownMs: 900_000,
    isStopping: false,
    ...change,
  };
}

function ask(actuator: Partial<ActuatorSituation>, request: RunRequest, envelope = ENVELOPE): Decision {
  return decide(envelope, { ...FREE, ...actuator }, request, NOW);
}

describe("a request to run", () => {
  it("is accepted when nothing speaks against it", () => {
    expect(ask({}, PERSON)).toEqual({ outcome: "accept" });
    expect(ask({}, RULE)).toEqual({ outcome: "accept" });
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])(
    "is refused for a duration of %s ms",
    (durationMs) => {
      expect(ask({}, { ...PERSON, durationMs })).toMatchObject({ outcome: "refuse", limit: "invalid_duration" });
    },
  );

  it("is refused beyond the maximum run, naming it", () => {
    const refused = ask({}, { ...PERSON, durationMs: 30_001 });
    expect(refused).toMatchObject({
      outcome: "refuse",
      limit: "max_run",
      message: expect.stringContaining("30000 ms"),
    });
  });

  it("of a rule waits for what passes, and a person is told when that will be", () => {
    const untilMicros = NOW + 5_000_000;
    const cases: [string, Partial<ActuatorSituation>][] = [
      ["cooldown", { lockEndMicros: untilMicros }],
      ["running", { live: live({ runEndMicros: NOW + 1 }), lockEndMicros: untilMicros }],
      ["unknown", { live: live({ state: "UNKNOWN", runEndMicros: NOW + 1 }), lockEndMicros: untilMicros }],
      ["interlock", { interlocked: [live({ actuatorId: 2, runEndMicros: untilMicros, isStopping: true })] }],
    ];
    for (const [limit, actuator] of cases) {
      expect(ask(actuator, RULE)).toMatchObject({ outcome: "defer", limit, untilMicros });
      expect(ask(actuator, PERSON)).toMatchObject({ outcome: "refuse", limit, retryAtMicros: untilMicros });
    }
  });

  it("of a rule waits while its device is away; a person's is queued for it", () => {
    expect(ask({ isReachable: false }, RULE)).toMatchObject({ outcome: "defer", limit: "offline" });
    expect(ask({ isReachable: false }, PERSON)).toEqual({ outcome: "accept" });
  });

  it("of a rule needs a reading that is young enough and newer than the last run", () => {
    const strict = { ...ENVELOPE, maxReadingAgeMs: 60_000 };
    expect(ask({}, { ...RULE, readingMicros: NOW - 60_000_001 }, strict)).toMatchObject({ limit: "stale_reading" });
    expect(ask({}, { ...RULE, readingMicros: undefined }, strict)).toMatchObject({ limit: "stale_reading" });
    expect(ask({}, { ...RULE, readingMicros: NOW - 60_000_000 }, strict)).toEqual({ outcome: "accept" });
    expect(ask({}, { ...RULE, readingMicros: 7, readingNeededAfterMicros: 7 })).toMatchObject({
      limit: "stale_reading",
    });
    expect(ask({}, { ...RULE, readingMicros: 8, readingNeededAfterMicros: 7 })).toEqual({ outcome: "accept" });
  });

  it("is accepted only on an actuator that is free, unheld and in a mode for it, whatever else is true", () => {
    const run = fc.record({
      state: fc.constantFrom(...LIVE_STATES),
      runEndMicros: fc.nat(),
      priority: fc.constantFrom(...PRIORITIES),
      isStopping: fc.boolean(),
    });
    const situation = fc.record({
      mode: fc.constantFrom("auto" as const, "manual" as const, "locked-out" as const),
      isHeld: fc.boolean(),
      isSiteStopped: fc.boolean(),
      trip: fc.option(fc.constant({ cause: "dry_run" }), { nil: undefined }),
      live: fc.option(run.map(live), { nil: undefined }),
      interlocked: fc.array(
        run.map((change) => live({ ...change, actuatorId: 2 })),
        { maxLength: 2 },
      ),
      lastRunEndMicros: fc.constantFrom(0, NOW - 1, NOW - 60_000_000),
      lockEndMicros: fc.constantFrom(0, NOW - 1, NOW, NOW + 1),
      claimedBy: fc.option(fc.record({ priority: fc.constantFrom(...PRIORITIES) }), { nil: undefined }),
      isReachable: fc.boolean(),
      days: fc.constant([]),
    });
    const request = fc.record({
      durationMs: fc.integer({ min: -1, max: 40_000 }),
      priority: fc.constantFrom(...PRIORITIES),
      isOverride: fc.boolean(),
      waitUntilMicros: fc.constantFrom(undefined, NOW, NOW + 60_000_000),
    });
    const envelope = { ...ENVELOPE, minOffMs: 30_000 };
    fc.assert(
      fc.property(situation, request, (actuator, asked) => {
        const decision = decide(envelope, actuator, asked, NOW);
        const isStill = actuator.lastRunEndMicros === 0 || actuator.lastRunEndMicros <= NOW - 30_000_000;
        const isCool = actuator.lockEndMicros <= NOW || asked.isOverride;
        const isFree = actuator.live === undefined && actuator.interlocked.length === 0 && isStill && isCool;
        const isStopped = actuator.isHeld || actuator.isSiteStopped || actuator.trip !== undefined;
        const isAllowed = actuator.mode === "auto" || (actuator.mode === "manual" && asked.priority === "MANUAL");
        const isWithin = asked.durationMs >= 1 && asked.durationMs <= ENVELOPE.maxRunMs;
        const isReached = actuator.isReachable || asked.priority === "MANUAL";
        const isFirst = actuator.claimedBy === undefined || !isAbove(actuator.claimedBy.priority, asked.priority);
        expect(decision.outcome === "accept").toBe(
          isFree && isFirst && !isStopped && isAllowed && isWithin && isReached,
        );
        if (decision.outcome === "defer") expect(decision.untilMicros).toBeGreaterThan(NOW);
        if (decision.outcome === "defer" && asked.priority === "MANUAL") {
          expect(decision.untilMicros).toBeLessThanOrEqual(asked.waitUntilMicros ?? 0);
        }
        if (decision.outcome !== "preempt") return;
        expect(isStopped).toBe(false);
        for (const victim of decision.victims) {
          expect(isAbove(asked.priority, victim.priority)).toBe(true);
          expect(victim.state).not.toBe("UNKNOWN");
        }
      }),
      { seed: 20_260_101, numRuns: 5_000 },
    );
  });
});

describe("what only people end", () => {
  it.each([
    ["locked_out", { mode: "locked-out" as const, lockedBy: "Ada" }],
    ["tripped", { trip: { cause: "dry_run" } }],
    ["site_stopped", { isSiteStopped: true }],
    ["held", { isHeld: true }],
  ])("refuses everybody: %s", (limit, actuator) => {
    for (const priority of PRIORITIES) {
      const override = { ...PERSON, priority, isOverride: true, waitUntilMicros: NOW * 2 };
      expect(ask(actuator, override)).toMatchObject({ outcome: "refuse", limit });
    }
  });

  it("manual mode refuses automation, an emergency too", () => {
    for (const priority of ["EMERGENCY", "SCHEDULED", "THRESHOLD"] as const) {
      expect(ask({ mode: "manual" }, { ...RULE, priority })).toMatchObject({ outcome: "refuse", limit: "manual_mode" });
    }
    expect(ask({ mode: "manual" }, PERSON)).toEqual({ outcome: "accept" });
  });
});

describe("a dose", () => {
  const feeder = { ...ENVELOPE, maxDose: { amount: 500, unit: "g" } };

  it("is refused where nothing counts it", () => {
    expect(ask({}, { ...PERSON, dose: { amount: 1, unit: "g" } })).toMatchObject({ limit: "dose_unsupported" });
  });

  it.each([
    [{ amount: 0, unit: "g" }, "invalid_amount"],
    [{ amount: Number.NaN, unit: "g" }, "invalid_amount"],
    [{ amount: 1, unit: "kg" }, "invalid_amount"],
    [{ amount: 500.1, unit: "g" }, "max_dose"],
  ])("of %o is refused: %s", (dose, limit) => {
    expect(ask({}, { ...PERSON, dose }, feeder)).toMatchObject({ outcome: "refuse", limit });
  });

  it("within its maximum is accepted, for at most the maximum run", () => {
    const dose = { amount: 500, unit: "g" };
    expect(ask({}, { ...PERSON, dose }, feeder)).toEqual({ outcome: "accept" });
    expect(ask({}, { ...PERSON, dose, durationMs: 30_001 }, feeder)).toMatchObject({ limit: "max_run" });
  });
});

describe("a run of lower priority", () => {
  const mine = live({ cooldownMs: 10_000 });
  const others = live({ actuatorId: 2, commandId: "run-2" });

  it("is preempted by automation of a higher one, and never by its equal", () => {
    const emergency = { ...RULE, priority: "EMERGENCY" as const };
    expect(ask({ live: mine }, emergency)).toMatchObject({ outcome: "preempt", victims: [mine] });
    expect(ask({ interlocked: [others] }, emergency)).toMatchObject({ outcome: "preempt", victims: [others] });
    expect(ask({ live: live({ priority: "EMERGENCY" }) }, emergency)).toMatchObject({ outcome: "defer" });
    expect(ask({ live: mine }, RULE)).toMatchObject({ outcome: "defer", limit: "running" });
  });

  it("is preempted for a person who can start within their patience, the pause after it included", () => {
    const patient = (ms: number) => ({ ...PERSON, waitUntilMicros: NOW + ms * 1000 });
    expect(ask({ live: mine }, patient(11_000))).toMatchObject({ outcome: "preempt" });
    const locked = { live: mine, lockEndMicros: NOW + 15_000_000 };
    expect(ask(locked, patient(10_999))).toMatchObject({ outcome: "refuse", limit: "running" });
    expect(ask({ interlocked: [others] }, patient(1_000))).toMatchObject({ outcome: "preempt" });
    expect(ask({ interlocked: [others] }, PERSON)).toMatchObject({ outcome: "refuse", limit: "interlock" });
  });

  it("is not asked to yield twice, nor when nobody knows whether it has ended, nor beside one that does not yield", () => {
    const emergency = { ...RULE, priority: "EMERGENCY" as const };
    const stopping = live({ isStopping: true });
    expect(ask({ live: stopping }, emergency)).toMatchObject({ outcome: "defer", limit: "preempting" });
    expect(ask({ live: stopping }, RULE)).toMatchObject({ outcome: "defer", limit: "running" });
    expect(ask({ live: live({ state: "UNKNOWN" }) }, emergency)).toMatchObject({ outcome: "defer", limit: "unknown" });
    const equal = live({ actuatorId: 3, priority: "EMERGENCY" });
    expect(ask({ interlocked: [others, equal] }, emergency)).toMatchObject({ outcome: "defer", limit: "interlock" });
  });
});

describe("what a run was stopped for", () => {
  it("goes first: what is below it asks again soon, what is not is no concern of it", () => {
    const claimed = { claimedBy: { priority: "SCHEDULED" as const } };
    const untilMicros = NOW + YIELDING_RECHECK_MS * 1000;
    expect(ask(claimed, RULE)).toMatchObject({ outcome: "defer", limit: "yielding", untilMicros });
    expect(ask({ ...claimed, lockEndMicros: NOW + 9 }, RULE)).toMatchObject({ limit: "cooldown" });
    for (const priority of ["SCHEDULED", "EMERGENCY", "MANUAL"] as const) {
      expect(ask(claimed, { ...RULE, priority })).toEqual({ outcome: "accept" });
    }
  });

  it("goes first as well when it was passed over for too long, except before people and emergencies", () => {
    const claimed = { claimedBy: { priority: "THRESHOLD", isPassedOver: true } as const };
    expect(ask(claimed, RULE)).toMatchObject({ outcome: "defer", limit: "yielding" });
    expect(ask(claimed, { ...RULE, priority: "SCHEDULED" })).toMatchObject({ outcome: "defer", limit: "yielding" });
    expect(ask(claimed, { ...RULE, isPassedOver: true })).toEqual({ outcome: "accept" });
    for (const priority of ["EMERGENCY", "MANUAL"] as const) {
      expect(ask(claimed, { ...RULE, priority })).toEqual({ outcome: "accept" });
    }
  });

  it("waits for its stop, but no longer than it may", () => {
    const stopping = { interlocked: [live({ isStopping: true, runEndMicros: NOW + 600_000_000 })] };
    const asked = { ...PERSON, waitUntilMicros: NOW + 60_000_000 };
    const untilMicros = asked.waitUntilMicros;
    expect(ask(stopping, asked)).toMatchObject({ outcome: "defer", limit: "preempting", untilMicros });
    expect(ask(stopping, PERSON)).toMatchObject({ outcome: "refuse", limit: "interlock" });
  });
});

describe("an override", () => {
  it("passes a cooldown and nothing else", () => {
    const envelope = { ...ENVELOPE, minOffMs: 60_000 };
    const override = { ...PERSON, isOverride: true };
    const cooling = { lockEndMicros: NOW + 1, lastRunEndMicros: NOW - 60_000_000 };
    expect(ask(cooling, PERSON, envelope)).toMatchObject({ limit: "cooldown" });
    expect(ask(cooling, override, envelope)).toEqual({ outcome: "accept" });
    const turning = { ...cooling, lastRunEndMicros: NOW - 59_999_999 };
    expect(ask(turning, override, envelope)).toMatchObject({ limit: "min_off", retryAtMicros: NOW + 1 });
    expect(ask({ live: live() }, override)).toMatchObject({ limit: "running" });
    expect(ask({ interlocked: [live({ actuatorId: 2 })] }, override)).toMatchObject({ limit: "interlock" });
    expect(ask({}, { ...override, durationMs: 30_001 })).toMatchObject({ limit: "max_run" });
  });
});

describe("permissives", () => {
  const tank = { metric: "level", operator: "above" as const, value: 10, maxAgeMs: 60_000 };
  const gated = { ...ENVELOPE, permissives: [tank] };
  const seen = (value: number, ageMs = 0) => ({
    ...PERSON,
    permissiveReadings: [{ value, timeMicros: NOW - ageMs * 1000 }],
  });

  it("hold on a fresh reading alone, whoever asks", () => {
    expect(ask({}, seen(10.1), gated)).toEqual({ outcome: "accept" });
    expect(ask({}, seen(10.1, 60_000), gated)).toEqual({ outcome: "accept" });
    for (const request of [
      seen(10),
      seen(Number.NaN),
      seen(50, 60_001),
      { ...PERSON, permissiveReadings: [] },
      PERSON,
    ]) {
      expect(ask({}, { ...request, isOverride: true }, gated)).toMatchObject({
        outcome: "refuse",
        limit: "permissive",
      });
      expect(ask({}, { ...request, priority: "SCHEDULED" }, gated)).toMatchObject({ outcome: "defer" });
    }
  });

  it("say what is missing", () => {
    expect(ask({}, seen(3), gated)).toMatchObject({ message: "level has to be above 10, and it is 3." });
  });
});

describe("everything that stands against a run", () => {
  it("is told at once, in the order in which it counts", () => {
    const actuator = {
      ...FREE,
      isHeld: true,
      isReachable: false,
      lockEndMicros: NOW + 1,
      interlocked: [live({ actuatorId: 2 })],
    };
    const found = obstacles(ENVELOPE, actuator, { ...RULE, durationMs: 30_001 }, NOW);
    expect(found.map(({ limit }) => limit)).toEqual(["max_run", "held", "interlock", "cooldown", "offline"]);
  });
});

describe("a reservation", () => {
  it("covers the latest start, the whole run with drift and tolerance, and the cooldown after it", () => {
    const { deadlineMicros, runEndMicros, lockEndMicros } = reserve(NOW, 30_000, 900_000);
    expect(deadlineMicros - NOW).toBe(START_WITHIN_MS * 1000);
    expect(runEndMicros - deadlineMicros).toBe((30_000 + 600 + 100 + 1_000) * 1000);
    expect(lockEndMicros - runEndMicros).toBe(900_000_000);
  });
});
