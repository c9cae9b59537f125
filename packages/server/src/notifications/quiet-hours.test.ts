import { expect, test } from "vitest";
import { type QuietHours, quietUntilMs } from "./quiet-hours.ts";

const hours = (timeZone: string, from: string, to: string): QuietHours => ({
  timeZone,
  from,
  to,
  breakThrough: ["critical"],
  action: "hold",
});
const BERLIN = hours("Europe/Berlin", "22:00", "06:00");

test.each([
  ["in the evening", BERLIN, "2026-01-10T21:30:00Z", "2026-01-11T05:00:00Z"],
  ["at their first minute", BERLIN, "2026-01-10T21:00:00Z", "2026-01-11T05:00:00Z"],
  ["a second before they end", BERLIN, "2026-01-11T04:59:59Z", "2026-01-11T05:00:00Z"],
  ["before they begin", BERLIN, "2026-01-10T20:59:59Z", undefined],
  ["when they have ended", BERLIN, "2026-01-11T05:00:00Z", undefined],
  ["over noon", hours("UTC", "12:00", "13:30"), "2026-01-10T13:00:00Z", "2026-01-10T13:30:00Z"],
  ["in the night that is an hour shorter", BERLIN, "2026-03-28T22:00:00Z", "2026-03-29T04:00:00Z"],
  ["in the night that is an hour longer", BERLIN, "2026-10-24T21:00:00Z", "2026-10-25T05:00:00Z"],
  [
    "with an end that the clock skips",
    hours("Europe/Berlin", "22:00", "02:30"),
    "2026-03-29T00:30:00Z",
    "2026-03-29T01:00:00Z",
  ],
  [
    "with an end that comes twice",
    hours("Europe/Berlin", "22:00", "02:30"),
    "2026-10-24T23:00:00Z",
    "2026-10-25T00:30:00Z",
  ],
  ["in a zone of half hours", hours("Asia/Kolkata", "22:00", "06:00"), "2026-01-10T17:00:00Z", "2026-01-11T00:30:00Z"],
  [
    "where the shift is half an hour",
    hours("Australia/Lord_Howe", "22:00", "06:00"),
    "2026-04-04T12:00:00Z",
    "2026-04-04T19:30:00Z",
  ],
])("%s", (_when, quietHours, at, end) => {
  expect(quietUntilMs(quietHours, Date.parse(at))).toBe(end === undefined ? undefined : Date.parse(end));
});
