import { expect, it } from "vitest";
import { nearestKey } from "./nearest-key.ts";

it.each([
  ["moistrue", ["temperature", "moisture", "battery"], "moisture"],
  ["Moisture", ["moisture"], "moisture"],
  ["temp", ["temperature"], undefined],
  ["do", ["dissolved_oxygen", "ph"], undefined],
  ["oxigen", ["hydrogen", "oxygen"], "oxygen"],
  ["ph", [], undefined],
])("%s of %j is %s", (asked, keys, nearest) => {
  expect(nearestKey(asked, keys)).toBe(nearest);
});
