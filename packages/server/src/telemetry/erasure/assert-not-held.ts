import { SettlingInterrupted } from "../parts/settling-context.ts";
import { lockRetention } from "../retention/retention-store.ts";
import type { Queryable } from "../telemetry-store.ts";

/**
 * Inside the transaction in which readings of the profile are erased, until whose end no hold can be set. Throws
 * `SettlingInterrupted` when one was set meanwhile: nothing of what was done without the readings may be kept.
 */
export async function assertNotHeld(db: Queryable, profileId: number): Promise<void> {
  const { hold } = await lockRetention(db, profileId);
  if (hold !== null) throw new SettlingInterrupted(`profile ${profileId} was held while readings of it were erased`);
}
