import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import { STALLED_MS, unlessStalled } from "./unless-stalled.ts";

const CHUNK = 64 * 1024;

async function* fileOf(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* pieces;
}

test("a slow reader gets all of it, chunk by chunk, however long the whole takes", async () => {
  const clock = new ManualClock();
  let bytes = 0;
  for await (const chunk of unlessStalled(fileOf("é", new Uint8Array(20 * CHUNK), ""), clock)) {
    bytes += (chunk as Uint8Array).length;
    await nextTurn();
    clock.advance(STALLED_MS - 1);
  }
  expect(bytes).toBe(2 + 20 * CHUNK);
});

test("one who stops to take is cut off before the end", async () => {
  const clock = new ManualClock();
  let isClosed = false;
  async function* file() {
    try {
      for (;;) yield new Uint8Array(CHUNK);
    } finally {
      isClosed = true;
    }
  }
  const body = unlessStalled(file(), clock);
  await once(body, "readable");
  body.read(1);
  await nextTurn();
  const failed = once(body, "error");
  clock.advance(STALLED_MS);
  const [error] = await failed;
  expect((error as Error).message).toMatch(/took nothing/);
  await nextTurn();
  expect([body.readableEnded, isClosed]).toEqual([false, true]);
});

test("what is made slowly is not cut, and who goes away leaves no timer behind", async () => {
  const clock = new ManualClock();
  async function* slow() {
    clock.advance(10 * STALLED_MS);
    yield "a";
    clock.advance(10 * STALLED_MS);
    yield "b";
  }
  const body = unlessStalled(slow(), clock);
  expect((await body.setEncoding("utf8").toArray()).join("")).toBe("ab");
  const left = unlessStalled(fileOf(new Uint8Array(9 * CHUNK)), clock);
  await once(left, "readable");
  left.destroy();
  await once(left, "close");
  clock.advance(STALLED_MS);
  expect(left.errored).toBe(null);
});
