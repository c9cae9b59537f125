import { describe, expect, it } from "vitest";
import {
  compileSchedule,
  lastOccurrences,
  nextOccurrences,
  type Schedule,
  type ScheduleDefinition,
  type ScheduleTimes,
} from "./schedule.ts";
import { SEARCH_MS } from "./wall-clock.ts";
import { firstInstantOf, zoneOf } from "./zone.ts";

const DAILY: ScheduleTimes = { kind: "cron", expression: "0 6 * * *" };
const micros = (text: string): number => Date.parse(text) * 1000;

function compile(change: Partial<ScheduleDefinition>): Schedule {
  return compileSchedule({ timeZone: "Europe/Berlin", times: DAILY, ...change });
}

function keys(schedule: Schedule, after: string, count: number): string[] {
  return nextOccurrences(schedule, micros(after), count).map(({ key }) => key);
}

describe("a schedule that cannot be followed is refused with the reason", () => {
  it.each<[string, Partial<ScheduleDefinition>]>([
    ["schedule.time_zone", { timeZone: "Europe/Atlantis" }],
    ["schedule.time_zone", { timeZone: "+02:00" }],
    ["schedule.time_zone", { timeZone: "" }],
    ["schedule.local_time", { from: "2026-02-30T06:00:00" }],
    ["schedule.local_time", { until: "tomorrow" }],
    ["schedule.local_time", { until: "9999-12-31T00:00:00Z" }],
    ["schedule.local_time", { times: { kind: "every", everyMs: 60_000, anchor: "06:00" } }],
    ["schedule.local_time", { times: { kind: "rrule", rule: "FREQ=DAILY", start: "2026-11-21T25:00:00" } }],
    ["schedule.every", { times: { kind: "every", everyMs: 0, anchor: "2026-11-21" } }],
    ["schedule.every", { times: { kind: "every", everyMs: 1_500, anchor: "2026-11-21" } }],
    ["schedule.every", { times: { kind: "every", everyMs: 1e12, anchor: "2026-11-21" } }],
    ["schedule.every", { times: { kind: "every", everyMs: Number.NaN, anchor: "2026-11-21" } }],
    ["schedule.place_unknown", { times: { kind: "sun", event: "sunset", offsetMs: 0 } }],
    ["schedule.sun", { times: { kind: "sun", event: "sunset", offsetMs: 1e9 } }],
  ])("%s: %j", (code, change) => {
    expect(() => compile(change)).toThrow(expect.objectContaining({ code }) as unknown as Error);
  });
});

describe("occurrences", () => {
  it("come strictly after the time that was asked about", () => {
    const schedule = compile({});
    const [first] = nextOccurrences(schedule, micros("2026-11-21T00:00:00Z"), 1);
    expect(first!.key).toBe("2026-11-21T06:00:00 Europe/Berlin #1");
    expect(nextOccurrences(schedule, first!.timeMicros, 1)[0]!.key).toBe("2026-11-22T06:00:00 Europe/Berlin #1");
    expect(nextOccurrences(schedule, first!.timeMicros - 1, 1)[0]).toEqual(first);
  });

  it("have the same keys wherever one begins to ask", () => {
    const schedule = compile({ times: { kind: "cron", expression: "*/20 * * * *" }, repeatedTime: "both" });
    const all = nextOccurrences(schedule, micros("2026-10-24T20:00:00Z"), 60);
    expect(new Set(all.map(({ key }) => key)).size).toBe(60);
    for (const [index, { timeMicros }] of all.entries()) {
      expect(nextOccurrences(schedule, timeMicros - 1, 60 - index)).toEqual(all.slice(index));
    }
  });

  it("grow strictly through every change of the clock in eight years", () => {
    for (const timeZone of [
      "Europe/Berlin",
      "Australia/Lord_Howe",
      "America/St_Johns",
      "Africa/Casablanca",
      "Asia/Gaza",
    ]) {
      const schedule = compile({
        timeZone,
        times: { kind: "cron", expression: "*/30 0-4 * * *" },
        repeatedTime: "both",
      });
      const all = nextOccurrences(schedule, micros("2026-01-01T00:00:00Z"), 20_000).map(({ timeMicros }) => timeMicros);
      expect(all.every((time, index) => index === 0 || time > all[index - 1]!)).toBe(true);
    }
  });

  it("keep to from and until, by the clock of the zone or with an offset", () => {
    const local = compile({ from: "2026-11-23T06:00:00", until: "2026-11-25T06:00:00" });
    const exact = compile({ from: "2026-11-23T05:00:00Z", until: "2026-11-25T06:00:00+01:00" });
    for (const schedule of [local, exact]) {
      expect(keys(schedule, "2026-11-01T00:00:00Z", 5)).toEqual([
        "2026-11-23T06:00:00 Europe/Berlin #1",
        "2026-11-24T06:00:00 Europe/Berlin #1",
      ]);
    }
  });

  it("of a fixed pace count from the anchor, and do not come before it", () => {
    const schedule = compile({ times: { kind: "every", everyMs: 5_400_000, anchor: "2026-11-21T06:00:00" } });
    expect(keys(schedule, "2026-11-21T00:00:00Z", 2)).toEqual([
      "2026-11-21T06:00:00 Europe/Berlin #1",
      "2026-11-21T07:30:00 Europe/Berlin #1",
    ]);
    expect(keys(schedule, "2026-11-22T00:00:00Z", 1)).toEqual(["2026-11-22T01:30:00 Europe/Berlin #1"]);
  });
});

describe("a search", () => {
  it("ends where nothing comes within eight years", () => {
    // The fifth Monday of a February: 2044, and not before.
    const rare = compile({ times: { kind: "cron", expression: "0 0 * 2 MON#5" } });
    expect(nextOccurrences(rare, micros("2026-01-01T00:00:00Z"), 1)).toEqual([]);
    expect(nextOccurrences(rare, micros("2040-01-01T00:00:00Z"), 1)).toHaveLength(1);
  });

  it("looks at a time zone only where something may come", () => {
    let looks = 0;
    const zone = zoneOf("Europe/Berlin");
    const schedule = compile({ times: { kind: "cron", expression: "0 6 1 1 *" } });
    const { stretchAt } = zone;
    Object.assign(zone, {
      stretchAt: (utcMs: number) => {
        looks += 1;
        return stretchAt(utcMs);
      },
    });
    try {
      expect(nextOccurrences(schedule, micros("2026-02-01T00:00:00Z"), 8)).toHaveLength(8);
    } finally {
      Object.assign(zone, { stretchAt });
    }
    expect(looks).toBeLessThan(40);
  });

  it("finds the last ones before a time, however many there are", () => {
    const everySecond = compile({ times: { kind: "cron", expression: "* * * * * *" } });
    const found = lastOccurrences(everySecond, micros("2000-01-01T00:00:00Z"), micros("2026-11-21T00:00:00Z"), 3);
    expect(found.map(({ local }) => local)).toEqual([
      "2026-11-21T00:59:57",
      "2026-11-21T00:59:58",
      "2026-11-21T00:59:59",
    ]);
    const yearly = compile({ times: { kind: "cron", expression: "0 6 1 1 *" } });
    const years = lastOccurrences(yearly, micros("2020-06-01T00:00:00Z"), micros("2026-11-21T00:00:00Z"), 100);
    expect(years.map(({ local }) => local.slice(0, 4))).toEqual(["2021", "2022", "2023", "2024", "2025", "2026"]);
  });

  it("looks far enough for the 29th of February", () => {
    expect(SEARCH_MS).toBeGreaterThanOrEqual(Date.UTC(2104, 1, 29) - Date.UTC(2096, 1, 29));
  });
});

describe("a local time as an instant", () => {
  it.each([
    ["Europe/Berlin", "2026-06-01T12:00:00Z", "2026-06-01T10:00:00Z"],
    ["Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"],
    ["Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:15:00Z", "2026-10-03T15:45:00Z"],
    ["America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T07:30:00Z"],
  ])("in %s %s is %s", (timeZone, local, instant) => {
    expect(firstInstantOf(zoneOf(timeZone), Date.parse(local))).toBe(Date.parse(instant));
  });
});
