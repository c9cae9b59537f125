import { expect, test } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { Budget } from "./budget.ts";
import { inTime } from "./in-time.ts";

const limitsOf = (clock: ManualClock) => ({ clock, timeoutMs: 1_000, maxCost: 10 });

test("a query that takes too long is given up, and what it still does is told so", async () => {
  const clock = new ManualClock();
  let given: { budget: Budget; signal: AbortSignal } | undefined;
  const answer = inTime(limitsOf(clock), (budget, signal) => {
    given = { budget, signal };
    return new Promise<string>(() => {});
  });
  const told = expect(answer).rejects.toMatchObject({ code: "graphql.timeout", details: { limitMs: 1_000 } });
  await clock.advance(999);
  given!.budget.spend(1);
  expect(given?.signal.aborted).toBe(false);
  await clock.advance(1);
  await told;
  expect(given?.signal.aborted).toBe(true);
  expect(() => given!.budget.spend(1)).toThrow(expect.objectContaining({ code: "graphql.timeout" }));
});

test("one that is done in time leaves nothing behind", async () => {
  const clock = new ManualClock();
  let signal: AbortSignal | undefined;
  const answer = inTime(limitsOf(clock), async (_budget, given) => {
    signal = given;
    return "done";
  });
  expect(await answer).toBe("done");
  await clock.advance(10_000);
  expect(signal?.aborted).toBe(false);
});

test("one that holds more than it may is given up at once, and nothing further is resolved", async () => {
  let tries = 0;
  const answer = inTime(limitsOf(new ManualClock()), async (budget) => {
    budget.spend(10);
    for (; tries < 5; tries++) {
      try {
        budget.spend(1);
      } catch {
        // As an executor does: it goes on with the next field.
      }
    }
    return "all of it";
  });
  await expect(answer).rejects.toMatchObject({ code: "graphql.too_costly", details: { limit: 10 } });
  expect(tries).toBe(5);
});
