import { expect, test } from "vitest";
import { memberSeed, normal, seededRandom } from "./random.ts";

test("the same seed gives the same stream, another seed another one", () => {
  const take = (seed: number) => Array.from({ length: 50 }, seededRandom(seed));
  expect(take(7)).toEqual(take(7));
  expect(take(7)).not.toEqual(take(8));
});

test("numbers spread evenly over [0, 1)", () => {
  const random = seededRandom(1);
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) buckets[Math.floor(random() * 10)]! += 1;
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test("normal numbers have mean 0 and deviation 1", () => {
  const random = seededRandom(2);
  const numbers = Array.from({ length: 50_000 }, () => normal(random));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(Math.sqrt(variance)).toBeCloseTo(1, 1);
});

test("members of a fleet have seeds of their own", () => {
  const seeds = new Set(Array.from({ length: 10_000 }, (_, index) => memberSeed(42, index)));
  expect(seeds.size).toBe(10_000);
  expect(memberSeed(42, 3)).toBe(memberSeed(42, 3));
});
