import type { Pool, PoolClient } from "pg";
import type { Change, Requester } from "../actuation/index.ts";

/** What the use cases of rules work with; made once by `main.ts`. */
export interface RuleEditing {
  readonly pool: Pool;
  /** Writes the audit trail in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: Change) => Promise<void>;
  /** After the commit and before the answer: what is sent next is to meet the rule as it is now. */
  readonly afterRuleChanged: (deviceId: number) => Promise<void>;
}
