import { expect, test } from "vitest";
import { LatestQueue, MAX_WAITING } from "./latest-queue.ts";

function openQueue() {
  const ends: number[] = [];
  return { queue: new LatestQueue<number>(() => ends.push(1)), ends };
}
const next = async (queue: LatestQueue<number>) => (await queue.next()).value;

test("what was pushed comes in order, and of one thing only the latest", async () => {
  const { queue } = openQueue();
  queue.push("a", 1);
  queue.push("b", 2);
  queue.push("a", 3);
  expect([await next(queue), await next(queue)]).toEqual([3, 2]);
  const later = next(queue);
  queue.push("c", 4);
  expect(await later).toBe(4);
});

test("a reader who stalls holds one state a thing, however much changes", async () => {
  const { queue } = openQueue();
  for (let i = 0; i < 100_000; i++) queue.push(`pump-${i % 10}`, i);
  expect(await next(queue)).toBe(99_990);
});

test("too many different things end it, and say why once", async () => {
  const { queue, ends } = openQueue();
  for (let i = 0; i <= MAX_WAITING; i++) queue.push(String(i), i);
  await expect(queue.next()).rejects.toMatchObject({ code: "stream.too_slow" });
  expect(await queue.next()).toEqual({ done: true, value: undefined });
  expect(ends).toHaveLength(1);
});

test("a reader who goes away ends it, also one who waits", async () => {
  const { queue, ends } = openQueue();
  const waiting = queue.next();
  await queue.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  queue.push("a", 1);
  expect((await queue.next()).done).toBe(true);
  expect(ends).toHaveLength(1);
});

test("a failure reaches the reader who waits", async () => {
  const { queue } = openQueue();
  const waiting = queue.next();
  queue.fail(new Error("the token has ended"));
  await expect(waiting).rejects.toThrow("the token has ended");
});
