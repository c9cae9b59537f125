import { setTimeout as pause } from "node:timers/promises";

const LOOK_AGAIN_MS = 25;
const GIVE_UP_AFTER_MS = 60_000;

/** Asks until it is so. Throws after a minute unless something else is said: few things take longer when all is well. */
export async function eventually(
  isSo: () => Promise<boolean>,
  interruption?: AbortSignal,
  giveUpAfterMs = GIVE_UP_AFTER_MS,
): Promise<void> {
  const giveUpAt = performance.now() + giveUpAfterMs;
  while (!(await isSo())) {
    interruption?.throwIfAborted();
    if (performance.now() > giveUpAt) throw new Error(`not within ${giveUpAfterMs / 1000} s: ${isSo}`);
    await pause(LOOK_AGAIN_MS);
  }
}
