import type { Clock } from "../clock.ts";
import { delay, GIVE_UP_AFTER_MS } from "../senders/retry.ts";

const TRY_AGAIN_MS = 500;

/** Publishes again whenever the connection broke before the acknowledgement: sending twice stores nothing twice. */
export async function publishUntilAcknowledged(
  publish: () => Promise<void>,
  clock: Clock,
  isStopped: () => boolean,
): Promise<void> {
  const startMs = clock.monotonicMs();
  for (;;) {
    try {
      return await publish();
    } catch (error) {
      if (isStopped() || clock.monotonicMs() - startMs > GIVE_UP_AFTER_MS) throw error;
      await delay(clock, TRY_AGAIN_MS);
    }
  }
}
