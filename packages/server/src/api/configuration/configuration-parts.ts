import type { Actuation } from "../../actuation/index.ts";
import type { Accounts } from "../../auth/index.ts";
import type { RuleEditing, Scheduling } from "../../automation/index.ts";
import type { Registry } from "../../devices/index.ts";
import type { Notifications } from "../../notifications/index.ts";

/** What reading and applying a configuration works with. */
export interface ConfigurationParts {
  readonly registry: Registry;
  readonly actuation: Actuation;
  readonly accounts: Accounts;
  readonly ruleEditing: RuleEditing;
  readonly scheduling: Scheduling;
  readonly notifications: Notifications;
}
