import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { peekPlace } from "../embedded-postgres/place.ts";
import { startEmbeddedPostgres } from "../embedded-postgres.ts";

/**
 * Deletes a home of a test for good: stops what a killed process left running over it, and removes its database wherever that
 * lies; root's lies outside the home and would outlive it.
 */
export async function removeHome(home: string): Promise<void> {
  const place = peekPlace(home);
  if (place !== undefined && existsSync(place.dataDirectory)) {
    // Starting clears orphans; stopping leaves nothing running.
    await (await startEmbeddedPostgres({ home })).stop();
    rmSync(path.dirname(place.dataDirectory), { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
}
