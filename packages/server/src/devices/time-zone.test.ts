import { expect, test } from "vitest";
import { assertTimeZone, isTimeZone } from "./time-zone.ts";

test.each(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"])("%s is a time zone", (name) => {
  expect(isTimeZone(name)).toBe(true);
});

test.each(["", "+02:00", "-0530", "Mars/Olympus", "Europe/Berlin ", "../etc/passwd"])("%j is none", (name) => {
  expect(isTimeZone(name)).toBe(false);
  expect(() => assertTimeZone(name)).toThrow(expect.objectContaining({ kind: "invalid", code: "time_zone.unknown" }));
});
