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

const credential = (key: string, expiresAtMs?: number) => ({ key, expiresAtMs });

test("finds a device by number, by uid and by token", () => {
  const cache = new DeviceCache(10);
  const pump = device(7, "pump");
  cache.put(pump, credential("hash-a"));
  expect(cache.byId(7)).toBe(pump);
  expect(cache.byUid(1, "pump")).toBe(pump);
  expect(cache.byCredential("hash-a")).toBe(pump);
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
  cache.put(device(7, "pump"), credential("hash-a"));
  cache.forget(7);
  expect([cache.byId(7), cache.byUid(1, "pump"), cache.byCredential("hash-a")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a device read again by uid keeps its token and is the newer entry by every way", () => {
  const cache = new DeviceCache(10);
  cache.put(device(7, "pump"), credential("hash-a"));
  const moved = { ...device(7, "pump"), siteId: 2 };
  cache.put(moved);
  expect([cache.byId(7), cache.byUid(1, "pump"), cache.byCredential("hash-a")]).toEqual([moved, moved, moved]);
});

test("a device is found by each of its credentials, and by none once it is forgotten", () => {
  const cache = new DeviceCache(10);
  cache.put(device(7), credential("hash-a", 1_000));
  for (let i = 0; i < 2; i++) cache.put(device(7), credential("hash-b"));
  expect(["hash-a", "hash-b"].map((key) => cache.byCredential(key)?.id)).toEqual([7, 7]);
  expect([cache.expiresAtMs("hash-a"), cache.expiresAtMs("hash-b")]).toEqual([1_000, undefined]);
  cache.forget(7);
  expect(["hash-a", "hash-b"].map((key) => cache.byCredential(key))).toEqual([undefined, undefined]);
  expect(cache.expiresAtMs("hash-a")).toBeUndefined();
});

test("holds no more than its limit and lets the oldest go first", () => {
  const cache = new DeviceCache(3);
  for (let id = 1; id <= 5; id++) cache.put(device(id), credential(`hash-${id}`));
  expect(cache.size).toBe(3);
  expect([1, 2, 3, 4, 5].filter((id) => cache.byId(id))).toEqual([3, 4, 5]);
  expect([1, 2, 3, 4, 5].filter((id) => cache.byCredential(`hash-${id}`))).toEqual([3, 4, 5]);
  expect([1, 2, 3, 4, 5].filter((id) => cache.byUid(1, `device-${id}`))).toEqual([3, 4, 5]);
});

test("after clear nothing is found", () => {
  const cache = new DeviceCache(3);
  cache.put(device(1), credential("hash-1"));
  expect(cache.byUid(1, "device-1")).toBeDefined();
  cache.clear();
  expect([cache.size, cache.byUid(1, "device-1"), cache.byCredential("hash-1")]).toEqual([0, undefined, undefined]);
});
