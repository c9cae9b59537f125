import { Cron } from "croner";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSluiceError } from "../errors.ts";
import { parseCron } from "./cron.ts";
import { formatLocal } from "./local-time.ts";
import { compileSchedule, nextOccurrences } from "./schedule.ts";
import { SEARCH_MS } from "./wall-clock.ts";

function next(expression: string, from: string, count: number): string[] {
  const cron = parseCron(expression);
  const found: string[] = [];
  const start = Date.parse(`${from}Z`);
  for (let at = start; found.length < count; at += 1) {
    const localMs = cron.next(at, start + SEARCH_MS);
    if (localMs === undefined) return [...found, "never"];
    found.push(formatLocal(localMs));
    at = localMs;
  }
  return found;
}

describe("cron expressions", () => {
  it.each([
    ["*/15 9-10 * * *", "2026-11-21T09:40:00", ["2026-11-21T09:45:00", "2026-11-21T10:00:00"]],
    ["30 */10 * * * *", "2026-11-21T09:40:31", ["2026-11-21T09:50:30", "2026-11-21T10:00:30"]],
    ["0 6 * jan,MAR mon-fri", "2026-01-31T00:00:00", ["2026-03-02T06:00:00", "2026-03-03T06:00:00"]],
    ["0 6 L * *", "2028-02-01T00:00:00", ["2028-02-29T06:00:00", "2028-03-31T06:00:00"]],
    ["0 6 1,L * *", "2026-02-02T00:00:00", ["2026-02-28T06:00:00", "2026-03-01T06:00:00"]],
    ["0 6 * * 5L", "2026-10-01T00:00:00", ["2026-10-30T06:00:00", "2026-11-27T06:00:00"]],
    ["0 6 * * friL", "2026-10-31T00:00:00", ["2026-11-27T06:00:00"]],
    ["0 6 * * MON#1", "2026-10-06T00:00:00", ["2026-11-02T06:00:00", "2026-12-07T06:00:00"]],
    ["0 6 * * 7", "2026-11-21T00:00:00", ["2026-11-22T06:00:00", "2026-11-29T06:00:00"]],
    ["0 6 * * 5-7", "2026-11-21T12:00:00", ["2026-11-22T06:00:00", "2026-11-27T06:00:00"]],
    ["5/20 6 * * *", "2026-11-21T00:00:00", ["2026-11-21T06:05:00", "2026-11-21T06:25:00", "2026-11-21T06:45:00"]],
    ["@daily", "2026-11-21T00:00:01", ["2026-11-22T00:00:00"]],
    ["@weekly", "2026-11-21T00:00:00", ["2026-11-22T00:00:00"]],
    ["@yearly", "2026-11-21T00:00:00", ["2027-01-01T00:00:00"]],
    ["59 23 31 12 *", "2026-12-31T23:59:00", ["2026-12-31T23:59:00", "2027-12-31T23:59:00"]],
  ])("%s after %s", (expression, from, expected) => {
    expect(next(expression, from, expected.length)).toEqual(expected);
  });

  it("takes a day of month and a day of week as alternatives, as crontab(5) does", () => {
    // "30 4 1,15 * 5" would cause a command to be run at 4:30 am on the 1st and 15th of each month, plus every Friday.
    expect(next("30 4 1,15 * 5", "2026-11-01T00:00:00", 5)).toEqual([
      "2026-11-01T04:30:00",
      "2026-11-06T04:30:00",
      "2026-11-13T04:30:00",
      "2026-11-15T04:30:00",
      "2026-11-20T04:30:00",
    ]);
  });

  it("takes both when one of them begins with a star", () => {
    // Odd days that are Mondays.
    expect(next("0 6 */2 * mon", "2026-11-01T00:00:00", 3)).toEqual([
      "2026-11-09T06:00:00",
      "2026-11-23T06:00:00",
      "2026-12-07T06:00:00",
    ]);
  });

  it.each([
    ["30 2 31 2 *", "schedule.cron_impossible", "February has no day 31"],
    ["0 0 30 2 *", "schedule.cron_impossible", "February has no day 30"],
    ["0 0 31 4,6,9,11 *", "schedule.cron_impossible", "April, June, September, November have no day 31"],
    ["61 * * * *", "schedule.cron", '"61" is not from 0 to 59'],
    ["* 24 * * *", "schedule.cron", "hour"],
    ["* * 0 * *", "schedule.cron", "day of month"],
    ["* * * 13 *", "schedule.cron", "month"],
    ["* * * * 8", "schedule.cron", "day of week"],
    ["* * * * fun", "schedule.cron", '"fun"'],
    ["* * * *", "schedule.cron", "five fields"],
    ["* * * * * * *", "schedule.cron", "five fields"],
    ["*/0 * * * *", "schedule.cron", "step"],
    ["*/90 * * * *", "schedule.cron", '"every"'],
    ["50-10 * * * *", "schedule.cron", "backwards"],
    ["1- * * * *", "schedule.cron", '"1-"'],
    [",1 * * * *", "schedule.cron", '""'],
    ["0 6 15W * *", "schedule.cron", "working day"],
    ["0 6 ? * *", "schedule.cron", '"?"'],
    ["@reboot", "schedule.cron", "@daily"],
    ["", "schedule.cron", "five fields"],
    ["constructor", "schedule.cron", "five fields"],
    [`${"1,".repeat(200)}1 * * * *`, "schedule.cron", "longer"],
  ])("refuses %s", (expression, code, saying) => {
    expect(() => parseCron(expression)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(saying) }) as unknown as Error,
    );
  });
});

describe("against croner", () => {
  const part = (minimum: number, maximum: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: minimum, max: maximum }).map(String),
      fc
        .uniqueArray(fc.integer({ min: minimum, max: maximum }), { minLength: 2, maxLength: 4 })
        .map((values) => values.join(",")),
      fc
        .tuple(fc.integer({ min: minimum, max: maximum }), fc.integer({ min: minimum, max: maximum }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.integer({ min: 2, max: Math.min(7, maximum - minimum) }).map((step) => `${minimum}-${maximum}/${step}`),
    );
  const expression = fc
    .tuple(part(0, 59), part(0, 23), fc.oneof(part(1, 31), fc.constant("L")), part(1, 12), part(0, 6))
    .map((fields) => fields.join(" "));
  const zone = fc.constantFrom("UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
  // Away from the nights on which clocks change, about which croner has no policies.
  const after = fc
    .tuple(fc.constantFrom("2026-01-10", "2026-06-10", "2027-12-05", "2028-02-20"), fc.integer({ min: 0, max: 86_399 }))
    .map(([day, second]) => Date.parse(day) + second * 1000);

  it("gives the same next three times", () => {
    fc.assert(
      fc.property(expression, zone, after, (text, timeZone, afterMs) => {
        const ours = ourNext(text, timeZone, afterMs);
        if (ours === undefined) return;
        const cron = new Cron(text, { timezone: timeZone, paused: true });
        const theirs = cron.nextRuns(3, new Date(afterMs)).map((date) => date.getTime());
        const horizonMs = afterMs + 20 * 86_400_000;
        const near = (times: readonly number[]) => times.filter((time) => time < horizonMs);
        expect(near(ours)).toEqual(near(theirs));
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  /** Undefined: it never comes. */
  function ourNext(text: string, timeZone: string, afterMs: number): number[] | undefined {
    try {
      const schedule = compileSchedule({ timeZone, times: { kind: "cron", expression: text } });
      return nextOccurrences(schedule, afterMs * 1000, 3).map(({ timeMicros }) => timeMicros / 1000);
    } catch (error) {
      if (isSluiceError(error) && error.code === "schedule.cron_impossible") return undefined;
      throw error;
    }
  }
});
