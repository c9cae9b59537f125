import { setTimeout as pause } from "node:timers/promises";

const LOOK_AGAIN_MS = 25;
const GIVE_UP_AFTER_MS = 60_000;

/** Asks until it is so. Throws after a minute: nothing that is waited for here takes longer when all is well. */
export async function eventually(isSo: () => Promise<boolean>, interruption?: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  while (!(await isSo())) {
    interruption?.throwIfAborted();
    if (performance.now() > giveUpAt) throw new Error(`not within ${GIVE_UP_AFTER_MS / 1000} s: ${isSo}`);
    await pause(LOOK_AGAIN_MS);
  }
}
