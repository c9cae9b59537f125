import fc from "fast-check";
import { expect, test } from "vitest";
import { lengthOf, SMS_LENGTH, toGsmText } from "./gsm-text.ts";

test.each([
  ["Sauerstoff niedrig: 3,1 mg/l – Teich „Süd“", 'Sauerstoff niedrig: 3,1 mg/l - Teich "Süd"'],
  ["O₂ at 14 °C, ō, 池", "O2 at 14 deg C, o, ?"],
  ["[MAJOR] 5 €", "[MAJOR] 5 €"],
])("%j is written %j", (text, written) => {
  expect(toGsmText(text)).toBe(written);
});

test("what has no room is cut, and shows it; 160 characters have room", () => {
  expect(toGsmText("x".repeat(160))).toBe("x".repeat(160));
  expect(toGsmText("x".repeat(161))).toBe(`${"x".repeat(157)}...`);
  // A bracket takes the room of two.
  expect(toGsmText("[".repeat(81))).toBe(`${"[".repeat(78)}...`);
});

test("any text fits into one message of its alphabet", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
      const written = toGsmText(text);
      expect(lengthOf([...written])).toBeLessThanOrEqual(SMS_LENGTH);
      expect(toGsmText(written)).toBe(written);
    }),
  );
});
