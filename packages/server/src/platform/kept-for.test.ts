import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { keptFor } from "./kept-for.ts";

test("many who ask are one question, until its answer is old", async () => {
  let nowMs = 0;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const asked: ((answer: number) => void)[] = [];
  const ask = keptFor(clock, 1_000, () => new Promise<number>((resolve) => asked.push(resolve)));
  const first = [ask(), ask()];
  nowMs += 5_000;
  first.push(ask());
  expect(asked).toHaveLength(1);
  asked[0]!(1);
  expect(await Promise.all(first)).toEqual([1, 1, 1]);
  const later = ask();
  asked[1]!(2);
  expect([await later, await ask(), asked.length]).toEqual([2, 2, 2]);
  nowMs += 1_000;
  ask();
  expect(asked).toHaveLength(3);
});

test("a failure is not kept", async () => {
  let isAway = true;
  const ask = keptFor(systemClock, 1_000, async () => {
    if (isAway) throw new Error("away");
    return "there";
  });
  await expect(ask()).rejects.toThrow("away");
  isAway = false;
  expect(await ask()).toBe("there");
});
