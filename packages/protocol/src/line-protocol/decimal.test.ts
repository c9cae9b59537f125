import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNumber } from "./decimal.ts";

function parsed(text: string): ReturnType<typeof parseNumber> {
  return parseNumber(new TextEncoder().encode(`${text}\n`), 0);
}

/** The value, told apart to the last bit: −0 from 0. */
function numberIn(text: string): unknown {
  const number = parsed(text);
  if (typeof number === "string") return number;
  expect(number.end).toBe(text.length);
  return number.value;
}

describe("a float", () => {
  test("equals what Number makes of it, bit for bit, for every double as JavaScript writes it", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = Object.is(value, -0) ? "-0" : String(value);
        expect(numberIn(text)).toBe(Number(text));
      }),
      { numRuns: 5_000 },
    );
  });

  test("equals what Number makes of it for any decimal of up to 30 digits with any exponent that fits", () => {
    const digits = fc.stringMatching(/^\d{1,15}$/);
    const exponent = fc.option(
      fc.tuple(fc.constantFrom("e", "E", "e+", "e-", "E-"), fc.nat(300)).map(([mark, size]) => `${mark}${size}`),
      { nil: "" },
    );
    fc.assert(
      fc.property(fc.constantFrom("", "-"), digits, digits, exponent, (sign, whole, fraction, power) => {
        const text = `${sign}${whole}.${fraction}${power}`;
        const expected = Number(text);
        expect(numberIn(text)).toBe(Number.isFinite(expected) ? expected : "out of range");
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ["900719925474099.3", 900719925474099.25],
    ["9007199254740993", 9007199254740992],
    ["9007199254740993.0", 9007199254740992],
    ["123456789012345678901234567890", 1.2345678901234568e29],
    ["5e-324", 5e-324],
    ["2.4703282292062327e-324", 0],
    ["1.7976931348623157e308", 1.7976931348623157e308],
    ["0.1", 0.1],
    ["1.", 1],
    [".5", 0.5],
    ["-.5", -0.5],
    ["-0", -0],
    ["-0.0", -0],
    ["007", 7],
  ])("%s is %d", (text, value) => {
    expect(numberIn(text)).toBe(value);
  });

  test.each(["", "-", ".", "-.", "+1", "e5", "1e", "1e+", "NaN", "Infinity", "0x10"])("%j is no number", (text) => {
    const number = parsed(text);
    if (typeof number === "string") expect(number).toBe("not a number");
    else expect(number.end).toBeLessThan(text.length);
  });

  test("past the largest double is out of range", () => {
    expect(parsed("1e400")).toBe("out of range");
    expect(parsed(`1${"0".repeat(600)}`)).toBe("out of range");
  });
});

describe("an integer", () => {
  test.each([
    ["42i", 42],
    ["-42i", -42],
    ["42u", 42],
    ["0i", 0],
    ["9007199254740991i", 9007199254740991],
    ["-9007199254740991i", -9007199254740991],
  ])("%s is %d", (text, value) => {
    expect(parsed(text)).toMatchObject({ value, exactText: undefined });
  });

  test.each([
    ["9007199254740993i", "9007199254740993"],
    ["9223372036854775807i", "9223372036854775807"],
    ["-9223372036854775808i", "-9223372036854775808"],
    ["18446744073709551615u", "18446744073709551615"],
  ])("%s, which no double holds, keeps its digits", (text, exactText) => {
    expect(parsed(text)).toMatchObject({ exactText });
  });

  test.each(["9223372036854775808i", "-9223372036854775809i", "18446744073709551616u", `${"9".repeat(40)}i`])(
    "%s does not fit 64 bits",
    (text) => {
      expect(parsed(text)).toBe("out of range");
    },
  );

  test.each(["1.5i", "-1u", "i", "1.u"])("%s is no number", (text) => {
    expect(parsed(text)).toBe("not a number");
  });
});
