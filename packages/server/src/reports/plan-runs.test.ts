import { expect, test } from "vitest";
import { MAX_MADE_UP } from "./limits.ts";
import { compileReportTimes, nextDue, planReports } from "./plan-runs.ts";
import type { ReportTimes } from "./report-schedule-store.ts";

const micros = (instant: string) => Date.parse(instant) * 1000;
const daily = (at: string): ReportTimes => ({ kind: "daily", at });
const cron = (expression: string): ReportTimes => ({ kind: "cron", expression });

function planned(times: ReportTimes, kind: "hour" | "day" | "week", after: string, through: string) {
  const schedule = compileReportTimes(times, "Europe/Berlin");
  const { periods, missed } = planReports(schedule, kind, micros(after), micros(through));
  return { periods: periods.map(({ name }) => name), missed };
}

test("a morning asks for the day before, once, however often it is looked", () => {
  const plan = planned(daily("06:00"), "day", "2026-10-24T12:00:00Z", "2026-10-25T05:00:00Z");
  expect(plan).toEqual({ periods: ["2026-10-24"], missed: 0 });
  expect(planned(daily("06:00"), "day", "2026-10-25T05:00:00Z", "2026-10-25T22:00:00Z").periods).toEqual([]);
  expect(planned(daily("06:00"), "day", "2026-10-24T12:00:00Z", "2026-10-25T04:59:59Z").periods).toEqual([]);
});

test("many occurrences of a day ask for one report of the day before", () => {
  const plan = planned(cron("*/5 * * * *"), "day", "2026-10-25T12:00:00Z", "2026-10-26T12:00:00Z");
  expect(plan.periods).toEqual(["2026-10-24", "2026-10-25"]);
});

test("midnight itself asks for the day that ends with it", () => {
  const plan = planned(daily("00:00"), "day", "2026-10-25T12:00:00Z", "2026-10-25T23:00:00Z");
  expect(plan.periods).toEqual(["2026-10-25"]);
});

test("in the night that has an hour twice each hour is reported, and each daily report once", () => {
  const hours = planned(cron("5 * * * *"), "hour", "2026-10-24T23:10:00Z", "2026-10-25T03:10:00Z");
  expect(hours.periods).toEqual([
    "2026-10-25T01:00+02:00",
    "2026-10-25T02:00+02:00",
    "2026-10-25T02:00+01:00",
    "2026-10-25T03:00+01:00",
  ]);
  expect(planned(daily("02:30"), "day", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z").periods).toEqual([
    "2026-10-24",
    "2026-10-25",
  ]);
});

test("in the night that lacks an hour a time that the clock skips comes all the same", () => {
  const plan = planned(daily("02:30"), "day", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z");
  expect(plan.periods).toEqual(["2026-03-28"]);
});

test("after a long time off the newest are made up for, the others counted", () => {
  const plan = planned(daily("06:00"), "day", "2026-10-01T12:00:00Z", "2026-10-21T12:00:00Z");
  expect(plan.periods).toHaveLength(MAX_MADE_UP);
  expect([plan.periods[0], plan.periods.at(-1), plan.missed]).toEqual(["2026-10-14", "2026-10-20", 13]);
});

test("a week is reported once it is over", () => {
  const plan = planned(cron("0 7 * * MON"), "week", "2026-10-19T12:00:00Z", "2026-10-27T12:00:00Z");
  expect(plan.periods).toEqual(["2026-W43"]);
});

test("the next one is by the clock of the site", () => {
  const schedule = compileReportTimes(daily("06:00"), "Europe/Berlin");
  expect(nextDue(schedule, micros("2026-10-24T05:00:00Z"))).toEqual(new Date("2026-10-25T05:00:00Z"));
  expect(() => compileReportTimes(cron("61 * * * *"), "UTC")).toThrow(
    expect.objectContaining({ code: "schedule.cron" }),
  );
});
