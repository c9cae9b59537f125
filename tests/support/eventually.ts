import { setTimeout as pause } from "node:timers/promises";

const LOOK_AGAIN_MS = 25;

/** Asks another process until it answers something, and fails with what it said last when it never does. */
export async function eventually<T>(ask: () => Promise<T | undefined>, limitMs = 30_000): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  let last: unknown;
  while (performance.now() < giveUpAt) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = "nothing";
    } catch (error) {
      last = error;
    }
    await pause(LOOK_AGAIN_MS);
  }
  throw new Error(`not within ${limitMs} ms`, { cause: last });
}
