import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIVE_STATES } from "../commands/command.ts";
import { type ActuatorSituation, type Decision, decide, type Priority, type RunRequest } from "./decide.ts";
import type { Envelope } from "./envelope.ts";
import { reserve, START_WITHIN_MS } from "./windows.ts";

const NOW = 1_800_000_000_000_000;
const ENVELOPE: Envelope = { maxRunMs: 30_000, cooldownMs: 900_000, safeState: "off" };
const FREE: ActuatorSituation = { mode: "auto", isHeld: false, lockEndMicros: 0, isReachable: true };
const PERSON: RunRequest = { durationMs: 30_000, priority: "MANUAL" };
const RULE: RunRequest = { durationMs: 30_000, priority: "THRESHOLD", readingMicros: NOW - 1 };

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
      ["running", { live: { state: "RUNNING", runEndMicros: NOW + 1 }, lockEndMicros: untilMicros }],
      ["unknown", { live: { state: "UNKNOWN", runEndMicros: NOW + 1 }, lockEndMicros: untilMicros }],
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
    const situation = fc.record({
      mode: fc.constantFrom("auto" as const, "manual" as const, "locked-out" as const),
      isHeld: fc.boolean(),
      live: fc.option(fc.record({ state: fc.constantFrom(...LIVE_STATES), runEndMicros: fc.nat() }), {
        nil: undefined,
      }),
      lockEndMicros: fc.constantFrom(0, NOW - 1, NOW, NOW + 1),
      isReachable: fc.boolean(),
    });
    const request = fc.record({
      durationMs: fc.integer({ min: -1, max: 40_000 }),
      priority: fc.constantFrom<Priority>("MANUAL", "EMERGENCY", "SCHEDULED", "THRESHOLD"),
    });
    fc.assert(
      fc.property(situation, request, (actuator, asked) => {
        const decision = decide(ENVELOPE, actuator, asked, NOW);
        const isFree = actuator.live === undefined && actuator.lockEndMicros <= NOW && !actuator.isHeld;
        const isAllowed = actuator.mode === "auto" || (actuator.mode === "manual" && asked.priority === "MANUAL");
        const isWithin = asked.durationMs >= 1 && asked.durationMs <= ENVELOPE.maxRunMs;
        const isReached = actuator.isReachable || asked.priority === "MANUAL";
        expect(decision.outcome === "accept").toBe(isFree && isAllowed && isWithin && isReached);
        if (decision.outcome === "defer") expect(decision.untilMicros).toBeGreaterThan(NOW);
        if (asked.priority === "MANUAL") expect(decision.outcome).not.toBe("defer");
      }),
    );
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
