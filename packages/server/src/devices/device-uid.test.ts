import { expect, test } from "vitest";
import { assertDeviceUid, isDeviceUid, MAX_UID_BYTES } from "./device-uid.ts";

test.each(["pump-1", "24:6F:28:aa:bb:cc", "Teich Süd", "a", "x".repeat(MAX_UID_BYTES)])("%j is a uid", (uid) => {
  expect(isDeviceUid(uid)).toBe(true);
});

test.each([
  ["empty", ""],
  ["a topic separator", "a/b"],
  ["a wildcard", "a+"],
  ["a multi-level wildcard", "#"],
  ["a null character", "a\0"],
  ["a line break", "a\nb"],
  ["a space at its end", "a "],
  ["half a surrogate pair", "a\ud800"],
  ["too many bytes", "ü".repeat(65)],
])("refuses a uid with %s", (_what, uid) => {
  expect(isDeviceUid(uid)).toBe(false);
  expect(() => assertDeviceUid(uid)).toThrow(expect.objectContaining({ code: "device.uid_invalid" }));
});
