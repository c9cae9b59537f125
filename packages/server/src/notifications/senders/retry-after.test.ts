import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.parse("2026-05-01T12:00:00Z");

test.each([
  ["120", 120_000],
  ["Fri, 01 May 2026 12:05:00 GMT", 300_000],
  ["Fri, 01 May 2026 11:00:00 GMT", undefined],
  ["0", undefined],
  ["soon", undefined],
  [undefined, undefined],
])("Retry-After: %s is %s ms", (header, ms) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(ms);
});
