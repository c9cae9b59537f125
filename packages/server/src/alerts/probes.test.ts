import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { LOST_SHOWN_MS, LostAlerts } from "./lost-alerts.ts";
import {
  CLOCK_JUMP_MS,
  CLOCK_JUMP_SHOWN_MS,
  clockProbe,
  DATABASE_AWAY_MS,
  databaseProbe,
  deadLettersProbe,
  diskProbe,
  gatewayProbe,
  LONG_UNSETTLED_SECONDS,
  LOW_FREE_BYTES,
  lostAlertsProbe,
  REJECTED_FLOOD,
  rejectedProbe,
  SILENT_GATEWAY_MS,
  SLOW_DATABASE_MS,
  settlingProbe,
} from "./probes.ts";

/** A clock of the wall that somebody sets. */
class SettableClock extends ManualClock {
  aheadMs = 0;
  override nowMicros(): number {
    return super.nowMicros() + this.aheadMs * 1000;
  }
}

let clock: SettableClock;
beforeEach(() => {
  clock = new SettableClock();
});

describe("the database", () => {
  it("is away when it refuses, and when it says nothing", async () => {
    const refusing = databaseProbe("a", clock, () => Promise.reject(new Error("refused")));
    expect(await refusing.check()).toMatchObject([
      { severity: "critical", message: expect.stringContaining("refused") },
    ]);
    const silent = databaseProbe("a", clock, () => new Promise(() => {})).check();
    clock.advance(DATABASE_AWAY_MS);
    expect(await silent).toMatchObject([{ severity: "critical" }]);
  });

  it.each([
    [SLOW_DATABASE_MS - 1, []],
    [SLOW_DATABASE_MS, [{ severity: "major", value: SLOW_DATABASE_MS }]],
  ])("that answers after %i ms is %j", async (tookMs, found) => {
    const probe = databaseProbe("a", clock, async () => clock.advance(tookMs));
    expect(await probe.check()).toMatchObject(found);
  });
});

describe("the disk", () => {
  it.each([
    [LOW_FREE_BYTES, []],
    [LOW_FREE_BYTES - 1, [{ severity: "major" }]],
    [1024 ** 2, [{ severity: "critical", value: 1 }]],
  ])("with %i free bytes is %j", async (freeBytes, found) => {
    expect(await diskProbe("a", "/home", async () => freeBytes).check()).toMatchObject(found);
  });
});

describe("the clock", () => {
  it.each([
    [CLOCK_JUMP_MS + 1, "forward"],
    [-CLOCK_JUMP_MS - 1, "back"],
  ])("that jumps by %i ms is told for a while", async (byMs, way) => {
    const probe = clockProbe("a", clock);
    await probe.check();
    clock.advance(5_000);
    clock.aheadMs = byMs;
    expect(await probe.check()).toMatchObject([{ severity: "major", message: expect.stringContaining(way) }]);
    clock.advance(CLOCK_JUMP_SHOWN_MS);
    expect((await probe.check()).length).toBe(1);
    clock.advance(1);
    expect(await probe.check()).toEqual([]);
  });

  it("that drifts, or whose process slept, is well", async () => {
    const probe = clockProbe("a", clock);
    for (let look = 0; look < 10; look++) {
      expect(await probe.check()).toEqual([]);
      clock.advance(3_600_000);
      clock.aheadMs += CLOCK_JUMP_MS;
    }
  });
});

describe("a gateway", () => {
  it.each([
    [undefined, []],
    [SILENT_GATEWAY_MS - 1, []],
    [SILENT_GATEWAY_MS, [{ severity: "critical", value: 30 }]],
  ])("silent for %s ms is %j", async (silentMs, found) => {
    expect(await gatewayProbe(async () => silentMs).check()).toMatchObject(found);
  });
});

it("alerts that could not be written are told for an hour", async () => {
  const clock = new ManualClock();
  const lost = new LostAlerts(clock);
  const probe = lostAlertsProbe("a", () => lost.count());
  expect(await probe.check()).toEqual([]);
  lost.note();
  clock.advance(LOST_SHOWN_MS - 1);
  lost.note();
  expect(await probe.check()).toMatchObject([{ severity: "critical", value: 2 }]);
  clock.advance(1);
  expect(await probe.check()).toMatchObject([{ value: 1 }]);
  clock.advance(LOST_SHOWN_MS);
  expect(await probe.check()).toEqual([]);
});

describe("settling", () => {
  const well = { generations: 0, parts: 0, error: null, unsettled: 3, waitingSeconds: 60 };
  it.each([
    [well, []],
    [{ ...well, waitingSeconds: LONG_UNSETTLED_SECONDS - 1 }, []],
    [{ ...well, waitingSeconds: LONG_UNSETTLED_SECONDS }, [{ severity: "major", title: "Settling is behind" }]],
    [
      { ...well, generations: 1, error: "no space" },
      [{ severity: "major", message: expect.stringContaining("no space") }],
    ],
    [{ ...well, generations: 1, parts: 2, error: "a file of it is gone" }, [{ severity: "critical", value: 2 }]],
  ])("%j is %j", async (settling, found) => {
    expect(await settlingProbe(async () => settling).check()).toMatchObject(found);
  });
});

describe("what is counted", () => {
  it("is told to the organization that it concerns, from its limit on", async () => {
    const counts = [
      { organizationId: 1, count: REJECTED_FLOOD - 1 },
      { organizationId: 2, count: REJECTED_FLOOD },
      { organizationId: null, count: REJECTED_FLOOD },
    ];
    expect(await rejectedProbe(async () => counts).check()).toMatchObject([{ organizationId: 2 }, { value: 100 }]);
    expect(await deadLettersProbe("deliveries", async () => [{ organizationId: 3, count: 1 }]).check()).toMatchObject([
      { organizationId: 3, severity: "major", title: "Dead deliveries" },
    ]);
    expect(await deadLettersProbe("executions", async () => []).check()).toEqual([]);
  });
});
