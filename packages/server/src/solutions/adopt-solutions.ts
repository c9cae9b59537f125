import type { Solution } from "@sluice/solutions/solution.ts";
import type { Pool, PoolClient } from "pg";
import { partsOf } from "../devices/index.ts";
import { adoptOrganizations } from "./solution-store.ts";

/**
 * Organizations begin with the standard solutions: this writes down which version of them that was. Runs at every start, for
 * those from before there were versions, and for each new organization. What differs from the version by then is taken for a
 * person's change, and stays.
 */
export async function adoptSolutions(
  db: Pool | PoolClient,
  available: readonly Solution[],
  organizationId?: number,
): Promise<void> {
  for (const solution of available) {
    const { key, version, profiles } = solution;
    const adopted = { key, version, profiles: profiles.map((profile) => profile.key) };
    await adoptOrganizations(db, adopted, profiles.flatMap(partsOf), organizationId);
  }
}
