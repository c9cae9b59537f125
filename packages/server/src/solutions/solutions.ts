import { SluiceError } from "@sluice/core/errors.ts";
import type { Solution } from "@sluice/solutions/solution.ts";
import type { Pool, PoolClient } from "pg";
import type { RegistryChange, Requester } from "../devices/index.ts";

/** What the use cases of solutions work with; made once by `main.ts`. */
export interface Solutions {
  readonly pool: Pool;
  readonly available: readonly Solution[];
  /** Writes the audit trail in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: RegistryChange) => Promise<void>;
  /** After the commit and before the answer: what a device sends next is to meet the rule as it is now. */
  readonly afterRuleChanged: (deviceId: number) => Promise<void>;
}

/** Throws `solution.unknown`. */
export function requireSolution({ available }: Solutions, key: string): Solution {
  const solution = available.find((one) => one.key === key);
  if (solution !== undefined) return solution;
  const known = available.map((one) => one.key);
  const message = `There is no solution "${key.slice(0, 63)}": take one of ${known.join(", ")}.`;
  throw new SluiceError("not-found", "solution.unknown", message, { details: { known } });
}
