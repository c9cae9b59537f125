import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Precision, precisionOf, TimestampReader } from "./timestamp.ts";

function micros(text: string, precision: Precision = "ns"): number {
  const reader = new TimestampReader(precision);
  const value = reader.read(new TextEncoder().encode(`${text}\n`), 0);
  return value;
}

describe("a time of line protocol", () => {
  test("in nanoseconds is rounded down to microseconds, exactly, whatever its length", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 9_000_000_000_000_000_000n }),
        fc.integer({ min: 0, max: 18 }),
        (time, cut) => {
          const text = time.toString().slice(0, Math.max(1, time.toString().length - cut));
          expect(micros(text)).toBe(Number(BigInt(text) / 1000n));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["us", 1n],
    ["ms", 1_000n],
    ["s", 1_000_000n],
    ["m", 60_000_000n],
    ["h", 3_600_000_000n],
  ] as const)("in %s is exact", (precision, factor) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_000_000_000_000_000n / factor }), (time) => {
        expect(micros(time.toString(), precision)).toBe(Number(time * factor));
      }),
    );
  });

  test("says where it ends", () => {
    const reader = new TimestampReader("s");
    reader.read(new TextEncoder().encode("x 1700000000 y\n"), 2);
    expect(reader.end).toBe(12);
  });

  test("without a digit is not a number; with more than an int64 has it is infinite", () => {
    expect(micros("x")).toBeNaN();
    expect(micros("1".repeat(20))).toBe(Number.POSITIVE_INFINITY);
    expect(micros("1".repeat(40))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a precision", () => {
  test.each([
    [undefined, "ns"],
    ["", "ns"],
    ["n", "ns"],
    ["ns", "ns"],
    ["u", "us"],
    ["us", "us"],
    ["\u00b5", "us"],
    ["\u03bc", "us"],
    ["ms", "ms"],
    ["s", "s"],
    ["m", "m"],
    ["h", "h"],
    ["d", undefined],
    ["constructor", undefined],
  ])("%s means %s", (name, precision) => {
    expect(precisionOf(name)).toBe(precision);
  });
});
