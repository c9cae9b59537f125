import { afterEach, beforeEach, expect, it } from "vitest";
import { type Clock, systemClock } from "../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { GENERATION_LIMITS } from "./generation-keeper.ts";
import { batchOf, startPipeline } from "./testing/pipeline-fixture.ts";

const T = 1_700_000_000_000_000;
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Time goes on by what is waited for, so that no test waits. */
function hastyClock(): { clock: Clock; pauses: number[] } {
  const pauses: number[] = [];
  let aheadMs = 0;
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    after(delayMs, callback) {
      if (delayMs < 100) return systemClock.after(delayMs, callback);
      pauses.push(delayMs);
      aheadMs += delayMs;
      return systemClock.after(0, callback);
    },
  };
  return { clock, pauses };
}

it("slows flushes down with every generation too many, and no more once they are settled", async () => {
  const { clock, pauses } = hastyClock();
  const generationLimits = { ...GENERATION_LIMITS, maxMessages: 1 };
  const { pipeline } = await startPipeline(database, { clock, generationLimits, maxUnsettled: 2 });
  const send = (count: number) => pipeline.offer(batchOf([{ device: 1, micros: T + count, values: { 0: count } }]));
  let count = 0;
  for (; count < 3; count++) await send(count);
  expect(pauses).toEqual([]);
  for (; count < 30; count++) await send(count);
  expect(pauses.length).toBeGreaterThan(5);
  expect(Math.max(...pauses)).toBeGreaterThanOrEqual(300);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);

  await pipeline.stop();
  await database.pool.query("update generation set state = 'settled' where state = 'closed'");
  await pipeline.start();
  pauses.length = 0;
  await send(count);
  expect(pauses).toEqual([]);
  await pipeline.stop();
});

it("takes readings in at full speed however many generations wait at its start, and slows down when they become more", async () => {
  const { clock, pauses } = hastyClock();
  const generationLimits = { ...GENERATION_LIMITS, maxMessages: 1 };
  const { pipeline } = await startPipeline(database, { clock, generationLimits, maxUnsettled: 1_000 });
  const send = (count: number) => pipeline.offer(batchOf([{ device: 1, micros: T + count, values: { 0: count } }]));
  let count = 0;
  for (; count < 30; count++) await send(count);
  await pipeline.stop();

  const upgraded = await startPipeline(database, { clock, generationLimits, maxUnsettled: 4 });
  pauses.length = 0;
  const sendOn = (at: number) => upgraded.pipeline.offer(batchOf([{ device: 1, micros: T + at, values: { 0: at } }]));
  for (let i = 0; i < 4; i++) await sendOn(count++);
  expect(pauses).toEqual([]);
  for (let i = 0; i < 12; i++) await sendOn(count++);
  expect(Math.max(...pauses)).toBeGreaterThanOrEqual(200);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(1_500);

  // Settling has caught up with most of it: from there on that is the measure.
  await database.pool.query("update generation set state = 'settled' where state = 'closed' and number < 36");
  await sendOn(count++);
  pauses.length = 0;
  await sendOn(count++);
  expect(Math.max(0, ...pauses)).toBeLessThanOrEqual(200);
  await upgraded.pipeline.stop();
});
