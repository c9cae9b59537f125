import { describe, expect, test } from "vitest";
import { SeriesCache } from "./series-cache.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const HASH = 42;

function add(cache: SeriesCache<string>, key: string, organizationId = 1, hash = HASH): void {
  cache.add(bytes(key), 0, key.length, hash, organizationId, `${organizationId} ${key}`);
}

function find(cache: SeriesCache<string>, key: string, organizationId = 1, hash = HASH): string | undefined {
  return cache.find(bytes(key), 0, key.length, hash, organizationId);
}

describe("keys of one hash", () => {
  test("are told apart by their bytes, their lengths and their organizations", () => {
    const cache = new SeriesCache<string>();
    for (const key of ["abc", "abd", "ab", "abcd"]) add(cache, key);
    add(cache, "abc", 2);
    expect(["abc", "abd", "ab", "abcd", "abe", "a", ""].map((key) => find(cache, key))).toEqual([
      "1 abc",
      "1 abd",
      "1 ab",
      "1 abcd",
      undefined,
      undefined,
      undefined,
    ]);
    expect(find(cache, "abc", 2)).toBe("2 abc");
    expect(find(cache, "abd", 2)).toBeUndefined();
  });
});

describe("a guess", () => {
  test("holds only for the very key, with a space behind it, of that organization", () => {
    const cache = new SeriesCache<string>();
    add(cache, "m,device=d1");
    const guess = (text: string, organizationId = 1, index = 0) => cache.guess(index, bytes(text), 0, organizationId);
    expect(guess("m,device=d1 a=1\n")).toBe("1 m,device=d1");
    expect(guess("m,device=d12 a=1\n")).toBeUndefined();
    expect(guess("m,device=d2 a=1\n")).toBeUndefined();
    expect(guess("m,device=d1\n")).toBeUndefined();
    expect(guess("m,dev")).toBeUndefined();
    expect(guess("m,device=d1 a=1\n", 2)).toBeUndefined();
    expect(guess("m,device=d1 a=1\n", 1, 1)).toBeUndefined();
    expect(guess("m,device=d1 a=1\n", 1, -1)).toBeUndefined();
    cache.clear();
    expect(guess("m,device=d1 a=1\n")).toBeUndefined();
  });
});

test("many keys are found again after growing, and none once there were too many", () => {
  const cache = new SeriesCache<string>(5_000);
  const keys = Array.from({ length: 5_000 }, (_, i) => `measurement,device=device-${i}`);
  keys.forEach((key, i) => {
    add(cache, key, 1, i % 1_000);
  });
  expect(cache.size).toBe(5_000);
  expect(keys.every((key, i) => find(cache, key, 1, i % 1_000) === `1 ${key}`)).toBe(true);
  add(cache, "one more");
  expect(cache.size).toBe(1);
  expect(find(cache, keys[0]!, 1, 0)).toBeUndefined();
  expect(find(cache, "one more")).toBe("1 one more");
});
