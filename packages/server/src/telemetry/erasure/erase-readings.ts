/**
 * Erasing: readings of a device, or of a whole organization, go everywhere.
 *
 *   requested   what is open, closed or settled by then is to go: generations up to one, in each partition
 *   running     slices leave them out when they are settled; parts are written anew without them, and are merged only after
 *               that; snapshots of newest values too, and the partition's owner forgets its own when it closes a generation
 *   done        the tables and the files that held them are gone as well: a grace later, when no query can be reading them
 *
 * Each step commits by itself and tells what it took, so whatever dies leaves the rest to the next round.
 */
import type { SettlingContext } from "../parts/settling-context.ts";
import { eraseLatest } from "./erase-latest.ts";
import { erasePart } from "./erase-parts.ts";
import { finishErasures } from "./erasure-store.ts";

/** Parts of one round: settling goes on in between. */
const MAX_PARTS = 32;

/** Does what is due in a partition; true: there is more at once. */
export async function eraseReadings(context: SettlingContext, isStopping = () => false): Promise<boolean> {
  let parts = 0;
  while (parts < MAX_PARTS && !isStopping() && (await erasePart(context))) parts++;
  await eraseLatest(context.db, context.partition);
  await finishErasures(context.db);
  return parts === MAX_PARTS;
}
