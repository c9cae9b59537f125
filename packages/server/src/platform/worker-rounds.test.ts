import { expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { WorkerRounds } from "./worker-rounds.ts";

it("the last round of a worker is told with its time, its length and what it failed of", async () => {
  let nowMs = 1_000;
  const clock: Clock = { nowMicros: () => nowMs * 1000, monotonicMs: () => nowMs, after: () => () => {} };
  const rounds = new WorkerRounds("pruning", clock);
  const never = { name: "pruning", isRunning: false, lastRoundAt: null, lastRoundMs: null, lastError: null };
  expect(rounds.health(false)).toEqual(never);
  const errors: unknown[] = [];
  const failure = new Error("no saw");
  await rounds.work(
    async () => {
      nowMs += 40;
      throw failure;
    },
    (error) => errors.push(error),
  );
  expect(errors).toEqual([failure]);
  const lastRoundAt = new Date(1_040);
  expect(rounds.health(true)).toEqual({ ...never, isRunning: true, lastRoundAt, lastRoundMs: 40, lastError: "no saw" });
  await rounds.work(
    async () => {},
    (error) => errors.push(error),
  );
  expect(rounds.health(true)).toMatchObject({ lastRoundMs: 0, lastError: null });
});
