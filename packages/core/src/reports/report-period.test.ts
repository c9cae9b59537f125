import { expect, test } from "vitest";
import { hoursIn, parsePeriod, periodAt, periodBefore } from "./report-period.ts";

const BERLIN = "Europe/Berlin";
const micros = (instant: string) => Date.parse(instant) * 1000;
const span = ({ fromMicros, toMicros }: { fromMicros: number; toMicros: number }) =>
  [fromMicros, toMicros].map((at) => new Date(at / 1000).toISOString());

test.each([
  ["hour", "2026-10-25T02:00+02:00", "2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z"],
  ["hour", "2026-10-25T02:00+01:00", "2026-10-25T01:00:00.000Z", "2026-10-25T02:00:00.000Z"],
  ["day", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
  ["day", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["week", "2026-W43", "2026-10-18T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
  ["week", "2026-W01", "2025-12-28T23:00:00.000Z", "2026-01-04T23:00:00.000Z"],
  ["month", "2026-10", "2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z"],
] as const)("the %s %s goes from %s to %s, and is named so", (kind, name, from, to) => {
  const period = parsePeriod(kind, BERLIN, name);
  expect(span(period)).toEqual([from, to]);
  expect(period.name).toBe(name);
  for (const at of [period.fromMicros, period.toMicros - 1]) expect(periodAt(kind, BERLIN, at)).toEqual(period);
});

test("days have 23, 24 or 25 hours, and half an hour more or less on Lord Howe", () => {
  const hours = (zone: string, day: string) => hoursIn(parsePeriod("day", zone, day));
  expect(["2026-03-29", "2026-03-30", "2026-10-25"].map((day) => hours(BERLIN, day))).toEqual([23, 24, 25]);
  expect(hours("America/New_York", "2026-03-08")).toBe(23);
  expect(hours("Australia/Lord_Howe", "2026-04-05")).toBe(24.5);
});

test.each([
  ["2026-04-05T01:30+10:30", "2026-04-04T15:00:00.000Z", "2026-04-04T15:30:00.000Z"],
  ["2026-10-04T02:30+11:00", "2026-10-03T15:30:00.000Z", "2026-10-03T16:00:00.000Z"],
])("the half hour after the shift on Lord Howe is %s", (name, from, to) => {
  const period = parsePeriod("hour", "Australia/Lord_Howe", name);
  expect([period.name, ...span(period)]).toEqual([name, from, to]);
  expect(periodAt("hour", "Australia/Lord_Howe", period.fromMicros)).toEqual(period);
});

test("an hour without an offset is the first that the clock shows so", () => {
  expect(parsePeriod("hour", BERLIN, "2026-10-25T02").name).toBe("2026-10-25T02:00+02:00");
  expect(parsePeriod("hour", "UTC", "2026-10-25T02:00Z").name).toBe("2026-10-25T02:00+00:00");
  expect(parsePeriod("hour", "Asia/Kathmandu", "2026-10-25T02:00").fromMicros).toBe(micros("2026-10-24T20:15:00Z"));
});

test("a week belongs to the year of its Thursday", () => {
  expect(periodAt("week", "UTC", micros("2027-01-03T12:00:00Z")).name).toBe("2026-W53");
  expect(periodAt("week", "UTC", micros("2027-01-04T00:00:00Z")).name).toBe("2027-W01");
});

test("the period before is the newest that is over, also right at its end", () => {
  expect(periodBefore("day", BERLIN, micros("2026-10-25T23:00:00Z")).name).toBe("2026-10-25");
  expect(periodBefore("day", BERLIN, micros("2026-10-25T22:59:59Z")).name).toBe("2026-10-24");
  expect(periodBefore("hour", BERLIN, micros("2026-10-25T01:30:00Z")).name).toBe("2026-10-25T02:00+02:00");
});

test.each([
  ["day", "2026-02-30"],
  ["day", "2026-13-01"],
  ["day", "yesterday"],
  ["day", "2026-10-25T00:00"],
  ["day", "0001-01-01"],
  ["hour", "2026-03-29T02:00"],
  ["hour", "2026-10-25T04:30"],
  ["hour", "2026-10-25T04:00:30"],
  ["hour", "2026-10-25T02:00+03:00"],
  ["hour", "2026-10-25"],
  ["week", "2026-W00"],
  ["week", "2026-W54"],
  ["month", "2026-10-01"],
  ["month", ""],
] as const)("no %s of Berlin is called %j", (kind, name) => {
  expect(() => parsePeriod(kind, BERLIN, name)).toThrow(expect.objectContaining({ code: "report.period" }));
});

test("a day that a zone left out is none", () => {
  expect(() => parsePeriod("day", "Pacific/Apia", "2011-12-30")).toThrow(
    expect.objectContaining({ code: "report.period" }),
  );
});
