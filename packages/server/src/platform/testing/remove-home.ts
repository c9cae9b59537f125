import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { isSluiceError } from "@sluice/core/errors.ts";
import { peekPlace } from "../embedded-postgres/place.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../embedded-postgres.ts";

/** Each waits for the lock of a process that is still stopping, 0.3 s long. */
const ATTEMPTS = 60;

/**
 * Deletes a home of a test for good: stops what a killed process left running over it, and removes its database wherever that
 * lies; root's lies outside the home and would outlive it.
 */
export async function removeHome(home: string): Promise<void> {
  const place = peekPlace(home);
  if (place !== undefined && existsSync(place.dataDirectory)) {
    // Starting clears orphans; stopping leaves nothing running.
    await (await takeOver(home)).stop();
    rmSync(path.dirname(place.dataDirectory), { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
}

async function takeOver(home: string): Promise<EmbeddedPostgres> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startEmbeddedPostgres({ home, minFreeBytes: 0 });
    } catch (error) {
      if (attempt === ATTEMPTS || !isSluiceError(error) || error.code !== "home.in_use") throw error;
    }
  }
}
