import { NO_LIMITS } from "@sluice/core/telemetry/validity.ts";
import { expect, test } from "vitest";
import { DeviceCache } from "./device-cache.ts";
import type { DeviceEntry, ProfileEntry } from "./directory.ts";

const profile: ProfileEntry = {
  id: 1,
  organizationId: 1,
  key: "generic",
  metricNumbers: new Map(),
  metricKeys: [],
  validity: NO_LIMITS,
  readingsPerSecond: 1000,
  readingsBurst: 10_000,
};

function device(id: number, uid = `device-${id}`, organizationId = 1): DeviceEntry {
  return { id, uid, organizationId, siteId: 1, profile, active: true };
}

test("finds a device by number, by uid and by token", () => {
  const cache = new DeviceCache(10);
  const pump = device(7, "pump");
  cache.put(pump, "hash-a");
  expect(cache.byId(7)).toBe(pump);
  expect(cache.byUid(1, "pump")).toBe(pump);
  expect(cache.byTokenHash("hash-a")).toBe(pump);
});

test("the same uid in two organizations is two devices, whatever was asked before", () => {
  const cache = new DeviceCache(10);
  expect(cache.byUid(2, "pump")).toBeUndefined();
  const first = device(1, "pump", 1);
  const second = device(2, "pump", 2);
  cache.put(first);
  cache.put(second);
  expect(cache.byUid(1, "pump")).toBe(first);
  expect(cache.byUid(2, "pump")).toBe(second);
  expect(cache.byUid(1, "pump")).toBe(first);
});

test("forgetting a device takes every way to it", () => {
  const cache = new DeviceCache(10);
  cache.put(device(7, "pump"), "hash-a");
  cache.forget(7);
  expect([cache.byId(7), cache.byUid(1, "pump"), cache.byTokenHash("hash-a")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a device read again by uid keeps its token and is the newer entry by every way", () => {
  const cache = new DeviceCache(10);
  cache.put(device(7, "pump"), "hash-a");
  const moved = { ...device(7, "pump"), siteId: 2 };
  cache.put(moved);
  expect([cache.byId(7), cache.byUid(1, "pump"), cache.byTokenHash("hash-a")]).toEqual([moved, moved, moved]);
});

test("a new token replaces the old one", () => {
  const cache = new DeviceCache(10);
  cache.put(device(7), "hash-a");
  cache.put(device(7), "hash-b");
  expect(cache.byTokenHash("hash-a")).toBeUndefined();
  expect(cache.byTokenHash("hash-b")?.id).toBe(7);
});

test("holds no more than its limit and lets the oldest go first", () => {
  const cache = new DeviceCache(3);
  for (let id = 1; id <= 5; id++) cache.put(device(id), `hash-${id}`);
  expect(cache.size).toBe(3);
  expect([1, 2, 3, 4, 5].filter((id) => cache.byId(id))).toEqual([3, 4, 5]);
  expect([1, 2, 3, 4, 5].filter((id) => cache.byTokenHash(`hash-${id}`))).toEqual([3, 4, 5]);
  expect([1, 2, 3, 4, 5].filter((id) => cache.byUid(1, `device-${id}`))).toEqual([3, 4, 5]);
});

test("after clear nothing is found", () => {
  const cache = new DeviceCache(3);
  cache.put(device(1), "hash-1");
  expect(cache.byUid(1, "device-1")).toBeDefined();
  cache.clear();
  expect([cache.size, cache.byUid(1, "device-1"), cache.byTokenHash("hash-1")]).toEqual([0, undefined, undefined]);
});
