import { describe, expect, it } from "vitest";
import type { DeviceLimits } from "../commands/messages.ts";
import { checkDeviceLog, type Violation } from "./check-device-log.ts";
import type { DeviceLogEvent } from "./device-log.ts";
import { type Change, linkLost, linkUp, off, on, release, safe, stop } from "./testing/log-events.ts";

/** Logs written by hand: for each clause one that keeps it to the last millisecond, and one that does not. */
const LIMITS = {
  pump: { maxRunMs: 30_000, cooldownMs: 60_000, minOffMs: 10_000, linkLossMs: 5_000, interlockGroup: "water" },
  valve: { maxRunMs: 30_000, cooldownMs: 0, interlockGroup: "water" },
  aerator: { maxRunMs: 30_000, cooldownMs: 2_000, linkLossMs: 5_000, safeState: "on", interlockGroup: "air" },
  blower: { maxRunMs: 30_000, cooldownMs: 0, interlockGroup: "air" },
} as const satisfies Record<string, DeviceLimits>;

/** A boot as it should be: everything off. */
function boot(atMs: number, bootId = "b1"): DeviceLogEvent[] {
  const keys = Object.keys(LIMITS);
  return [
    { event: "boot", bootId, atMs },
    ...keys.map((actuator) => off(0, { actuator, reason: "boot" })),
    safe(2_000, { reason: "boot" }),
    linkUp(2_000),
    off(62_000, { actuator: "aerator", reason: "handover" }),
  ];
}

/** The observer's time of the first boot; its monotonic times begin there. */
const BOOT_MS = 1_000_000;
const start = boot(BOOT_MS);
const T = 100_000;

function found(log: readonly DeviceLogEvent[], endMonoMs?: number): readonly Violation[] {
  return checkDeviceLog(log, LIMITS, { endMs: endMonoMs === undefined ? undefined : BOOT_MS + endMonoMs });
}

/** "clause actuator", in order. */
function brief(log: readonly DeviceLogEvent[], endMonoMs?: number): string[] {
  return found(log, endMonoMs).map(({ clause, actuator }) => `${clause} ${actuator}`);
}

describe("a log that keeps the contract", () => {
  it("to the last millisecond is found to do so", () => {
    const log = [
      ...start,
      on(T, 1),
      off(T + 20_100),
      on(T + 80_100, 2),
      stop(T + 80_100, { actuator: "valve" }),
      off(T + 85_100),
      on(T + 95_100, 3, { isOverride: true }),
      linkLost(T + 95_100),
      safe(T + 100_200),
      off(T + 100_200, { reason: "link_loss" }),
      linkUp(T + 100_300),
      on(T + 100_400, 1, { actuator: "aerator", commandId: "air-1" }),
      off(T + 120_400, { actuator: "aerator" }),
      release(T + 130_000, "valve"),
      on(T + 150_000, 1, { actuator: "valve", commandId: "valve-1" }),
    ];
    expect(found(log, T + 170_100)).toEqual([]);
  });

  it("names an actuator without limits", () => {
    expect(() => found([...start, on(T, 1, { actuator: "lamp" })])).toThrow(/lamp/);
  });
});

describe("clause 1, fence", () => {
  it.each([
    ["the same fence twice", [on(T, 5), off(T + 1_000), on(T + 90_000, 5, { commandId: "other" })]],
    ["a lower fence", [on(T, 5), off(T + 1_000), on(T + 90_000, 4)]],
    ["an ON while it is on", [on(T, 5), on(T + 1_000, 6)]],
  ])("%s", (_what, events) => {
    expect(brief([...start, ...events])).toEqual(["1 pump"]);
  });
});

describe("clause 2, bound", () => {
  it.each([
    ["an OFF that comes late", [on(T, 1), off(T + 20_101)], undefined],
    ["a run beyond the command's duration", [on(T, 1, { durationMs: 10_000 }), off(T + 10_101)], undefined],
    ["a run beyond the maximum", [on(T, 1, { durationMs: 40_000, limitMs: 40_000 }), off(T + 30_101)], undefined],
    ["an interval that is open at the end", [on(T, 1)], T + 20_101],
    ["an interval that is open when something else happens", [on(T, 1), linkUp(T + 20_101)], undefined],
    ["a run that becomes a safe state too late", [on(T, 1, { actuator: "aerator" }), safe(T + 20_101)], undefined],
  ])("%s", (_what, events, endMonoMs) => {
    expect(brief([...start, ...events], endMonoMs)).toEqual([`2 ${_what.includes("safe") ? "aerator" : "pump"}`]);
  });

  it("is told once for an interval, and does not reach beyond a loss of power", () => {
    expect(brief([...start, on(T, 1), linkUp(T + 21_000), linkUp(T + 22_000), off(T + 23_000)])).toEqual(["2 pump"]);
    expect(brief([...start, on(T, 1), ...boot(BOOT_MS + T + 90_000, "b2")])).toEqual([]);
  });
});

describe("clause 3, no late start", () => {
  it.each([
    ["at the deadline", { deadline: { bootId: "b1", validUntilMonoMs: T } }],
    ["by a deadline of another boot", { deadline: { bootId: "b0", validUntilMonoMs: T + 1 } }],
    ["without a deadline", { deadline: {} }],
    ["at the wall-clock deadline", { deadline: { expiresAtMicros: 5_000 }, wallClockMicros: 5_000 }],
    ["without knowing the time", { deadline: { expiresAtMicros: 5_000 } }],
    [
      "past one of two deadlines",
      { deadline: { bootId: "b1", validUntilMonoMs: T + 1, expiresAtMicros: 5_000 }, wallClockMicros: 6_000 },
    ],
  ])("%s", (_what, change) => {
    expect(brief([...start, on(T, 1, change)])).toEqual(["3 pump"]);
  });

  it("lets a wall clock decide before its deadline", () => {
    const change = { deadline: { expiresAtMicros: 5_000 }, wallClockMicros: 4_999 };
    expect(brief([...start, on(T, 1, change)])).toEqual([]);
  });
});

describe("clause 4, boot", () => {
  it("an output that was not brought into its safe state first", () => {
    const log: DeviceLogEvent[] = [{ event: "boot", bootId: "b1", atMs: BOOT_MS }, linkUp(0), on(10, 1)];
    expect(brief(log)).toEqual(["4 pump"]);
  });

  it("a command that is resumed", () => {
    const again = on(90_000, 2, { commandId: "run-1", deadline: { bootId: "b2", validUntilMonoMs: 90_001 } });
    const log = [...start, on(T, 1), ...boot(BOOT_MS + T + 1_000, "b2"), again];
    expect(brief(log)).toEqual(["4 pump"]);
  });
});

describe("clause 5, pause", () => {
  const next = (monoMs: number, change: Change<"on"> = {}) => on(monoMs, 2, change);
  it.each([
    ["shorter than the cooldown", [on(T, 1), off(T + 5_000), next(T + 64_999)]],
    ["shorter than the command before asked for", [on(T, 1, { cooldownMs: 70_000 }), off(T + 5_000), next(T + 74_999)]],
    [
      "shorter than the minimum off time, by an override",
      [on(T, 1), off(T + 5_000), next(T + 14_999, { isOverride: true })],
    ],
    [
      "shorter across a boot, which counts from there",
      [
        on(T, 1),
        ...boot(BOOT_MS + T + 1_000, "b2"),
        next(59_999, { deadline: { bootId: "b2", validUntilMonoMs: 60_000 } }),
      ],
    ],
  ])("%s", (_what, events) => {
    const log = [...start, ...events];
    expect(brief(log)).toEqual(["5 pump"]);
  });

  it("before a safe state", () => {
    const log = [...start, linkLost(T), safe(T + 5_000), stop(T + 6_000, { actuator: "blower", isHold: false })];
    const rest = [off(T + 6_000, { actuator: "aerator" }), safe(T + 7_999)];
    expect(brief([...log, ...rest])).toEqual(["5 aerator"]);
    expect(brief([...log, rest[0]!, safe(T + 8_000)])).toEqual([]);
  });
});

describe("clause 6, stop wins", () => {
  it.each([
    ["still on after a STOP", [on(T, 1), stop(T + 10)]],
    ["on under a hold", [stop(T), on(T + 10, 1)]],
    ["a fence below a STOP's", [stop(T, { fence: 5, isHold: false }), on(T + 10, 4)]],
  ])("%s", (_what, events) => {
    expect(brief([...start, ...events])).toEqual(["6 pump"]);
  });

  it("of a safe state as well", () => {
    const held = stop(T, { actuator: "aerator" });
    expect(brief([...start, held, linkLost(T), safe(T + 5_000)])).toEqual(["6 aerator"]);
    expect(brief([...start, linkLost(T), safe(T + 5_000), { ...held, monoMs: T + 6_000 } as DeviceLogEvent])).toEqual([
      "6 aerator",
    ]);
  });

  it("keeps a hold across boots, and not what nobody was told of", () => {
    const later = on(90_000, 1, { deadline: { bootId: "b2", validUntilMonoMs: 90_001 } });
    const log = (isAcknowledged: boolean) => [...start, stop(T, { isAcknowledged }), ...boot(BOOT_MS + T, "b2"), later];
    expect(brief(log(true))).toEqual(["6 pump"]);
    expect(brief(log(false))).toEqual([]);
  });
});

describe("clause 7, interlocks", () => {
  const valve = on(T + 10, 1, { actuator: "valve", commandId: "valve-1" });
  it("two runs together", () => {
    expect(brief([...start, on(T, 1), valve])).toEqual(["7 valve"]);
    expect(brief([...start, on(T, 1), off(T + 10), valve])).toEqual([]);
  });

  it("a run and a safe state, whichever came first", () => {
    const blow = on(T + 5_010, 1, { actuator: "blower", commandId: "blow-1" });
    expect(brief([...start, linkLost(T), safe(T + 5_000), blow])).toEqual(["7 blower"]);
    expect(
      brief([
        ...start,
        linkLost(T),
        { ...blow, monoMs: T, deadline: { bootId: "b1", validUntilMonoMs: T + 1 } } as DeviceLogEvent,
        safe(T + 5_000),
      ]),
    ).toEqual(["7 aerator"]);
  });
});

describe("clause 8, link loss", () => {
  it.each([
    ["a run that outlasts it", [on(T, 1), linkLost(T + 1_000), safe(T + 6_000), off(T + 6_101)], undefined, "pump"],
    ["a run that has outlasted it at the end", [on(T, 1), linkLost(T + 1_000), safe(T + 6_000)], T + 6_101, "pump"],
    ["a safe state that comes late", [linkLost(T), safe(T + 5_101)], undefined, "aerator"],
    ["a safe state that is missing at the end", [linkLost(T)], T + 5_101, "aerator"],
    ["a safe state that is another", [linkLost(T), safe(T + 5_000, { state: "local" })], undefined, "aerator"],
    ["a safe state that it does not have", [linkLost(T), safe(T + 1, { actuator: "valve" })], undefined, "valve"],
    [
      "a safe state that does not come back",
      [linkLost(T), safe(T + 5_000), off(T + 6_000, { actuator: "aerator" })],
      T + 8_101,
      "aerator",
    ],
    [
      "a link that was lost before it was noticed",
      [{ ...linkLost(T), lastSeenMonoMs: T - 3_000 }],
      T + 2_101,
      "aerator",
    ],
  ] as const)("%s", (_what, events, endMonoMs, actuator) => {
    expect(brief([...start, ...events], endMonoMs)).toEqual([`8 ${actuator}`]);
  });

  it("a boot without its safe state", () => {
    const log = boot(BOOT_MS)
      .filter(({ event }) => event === "boot" || event === "off")
      .slice(0, 5);
    expect(brief(log, 5_101)).toEqual(["8 aerator"]);
    expect(brief(log, 5_100)).toEqual([]);
  });

  it.each([
    ["a hold", [stop(T, { actuator: "aerator" }), linkLost(T)], release(T + 9_000, "aerator")],
    [
      "a STOP that may have been kept",
      [stop(T, { actuator: "aerator", isAcknowledged: false }), linkLost(T)],
      release(T + 9_000, "aerator"),
    ],
    [
      "another member of its group",
      [on(T, 1, { actuator: "blower" }), linkLost(T)],
      off(T + 9_000, { actuator: "blower" }),
    ],
  ])("is excused by %s, until that is gone", (_what, events, end) => {
    const log = [...start, ...events, end];
    expect(brief(log, T + 9_100)).toEqual([]);
    expect(brief(log, T + 9_101)).toEqual(["8 aerator"]);
  });

  it("is excused by a pause that the device has on record", () => {
    const [first, ...rest] = boot(BOOT_MS).slice(0, 5);
    const log = [{ ...first, pausesMs: { aerator: 8_000 } } as DeviceLogEvent, ...rest];
    expect(brief(log, 8_100)).toEqual([]);
    expect(brief(log, 8_101)).toEqual(["8 aerator"]);
  });
});
