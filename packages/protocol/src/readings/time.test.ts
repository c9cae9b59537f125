import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TIME_AHEAD, TIME_BEFORE_1970, TIME_INVALID } from "./faults.ts";
import { jsonTimeMicros, timeFault } from "./time.ts";

describe("a JSON time", () => {
  test("in milliseconds keeps its microseconds", () => {
    expect(jsonTimeMicros(1_700_000_000_123)).toBe(1_700_000_000_123_000);
    expect(jsonTimeMicros(1_700_000_000_123.456)).toBe(1_700_000_000_123_456);
  });

  test("in RFC 3339 is the instant that JavaScript makes of it", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }),
        (date) => {
          expect(jsonTimeMicros(date.toISOString())).toBe(date.getTime() * 1000);
        },
      ),
    );
  });

  test.each([
    ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"],
    ["2024-02-29t12:00:00z", "2024-02-29T12:00:00Z"],
    ["2024-02-29 12:00:00+05:30", "2024-02-29T06:30:00Z"],
    ["2024-02-29T12:00:00-00:30", "2024-02-29T12:30:00Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
  ])("%s is %s", (text, same) => {
    expect(jsonTimeMicros(text)).toBe(Date.parse(same) * 1000);
  });

  test("keeps microseconds and cuts what is finer", () => {
    expect(jsonTimeMicros("1970-01-01T00:00:01.123456789Z")).toBe(1_123_456);
    expect(jsonTimeMicros("1970-01-01T00:00:01.5Z")).toBe(1_500_000);
  });

  test("needs an offset, unless its name says that it is UTC", () => {
    expect(jsonTimeMicros("2024-02-29T12:00:00")).toBe(TIME_INVALID);
    expect(jsonTimeMicros("2024-02-29T12:00:00", "optional")).toBe(Date.parse("2024-02-29T12:00:00Z") * 1000);
  });

  test.each([
    "2023-02-29T12:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:61Z",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01",
    "2024-01-01T00:00:00Zx",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00+0100",
    "2024-01-01T00:00:0xZ",
    "2024/01/01T00:00:00Z",
    `2024-01-01T00:00:00.${"1".repeat(40)}Z`,
    "1700000000000",
    "yesterday",
    "",
    true,
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])("%j is none", (time) => {
    expect(jsonTimeMicros(time)).toBe(TIME_INVALID);
  });
});

test("a time is refused more than ten minutes ahead and before 1970", () => {
  const now = 1_700_000_000_000_000;
  expect(timeFault(now + 600_000_000, now)).toBeUndefined();
  expect(timeFault(now + 600_000_001, now)).toBe(TIME_AHEAD);
  expect(timeFault(0, now)).toBeUndefined();
  expect(timeFault(-1, now)).toBe(TIME_BEFORE_1970);
});
