export type Role = "operator" | "scientist" | "admin";

interface Grant {
  /** People with one of these roles have it. */
  readonly roles: readonly Role[];
  /** A program's token may be given it as a scope. */
  readonly isScope: boolean;
  readonly description: string;
}

const EVERY_ROLE: readonly Role[] = ["operator", "scientist", "admin"];
const OPERATORS: readonly Role[] = ["operator", "admin"];
const ANALYSTS: readonly Role[] = ["scientist", "admin"];
const ADMINISTRATORS: readonly Role[] = ["admin"];

/**
 * Who may do what, in this one table: every route, GraphQL field and subscription names one of these, and nothing else decides.
 * A person may do what one of their roles may; a program what its scopes say, which are names of this table too.
 */
export const PERMISSIONS = {
  "account:own": grant(EVERY_ROLE, false, "One's own profile, password, sessions and preferences."),
  "registry:read": grant(EVERY_ROLE, true, "The organization, its sites, assets, profiles and devices."),
  "registry:write": grant(ADMINISTRATORS, true, "Change the registry."),
  "events:write": grant(EVERY_ROLE, true, "Write down what happened at assets: feedings, samples, harvests, notes."),
  "devices:provision": grant(ADMINISTRATORS, true, "Register devices, also by sending readings of unknown ones."),
  "telemetry:read": grant(EVERY_ROLE, true, "Readings and what was computed of them."),
  "telemetry:export": grant(ANALYSTS, true, "Readings in bulk, as files."),
  "telemetry:erase": grant(ADMINISTRATORS, false, "Have readings erased for good, and the receipts of it."),
  "analysis:run": grant(ANALYSTS, true, "Backtests and other work over stored readings."),
  "reports:read": grant(EVERY_ROLE, true, "Reports that were made."),
  "reports:run": grant(ANALYSTS, true, "Have reports made."),
  "actuation:read": grant(EVERY_ROLE, true, "Actuators, their commands and trips."),
  "commands:send": grant(OPERATORS, true, "Command, hold, stop, trip and reset actuators within their envelope."),
  "actuation:configure": grant(ADMINISTRATORS, true, "Envelopes, and commands that override a limit."),
  "automation:read": grant(EVERY_ROLE, true, "Rules, schedules and executions."),
  "automation:operate": grant(OPERATORS, true, "Pause schedules; start, cancel and replay executions."),
  "automation:write": grant(ADMINISTRATORS, true, "Change rules and schedules."),
  "alerts:read": grant(EVERY_ROLE, true, "Alerts and their history."),
  "alerts:operate": grant(OPERATORS, true, "Acknowledge, clear, shelve and comment alerts."),
  "notifications:read": grant(EVERY_ROLE, true, "Channels and routes, without what is secret in them."),
  "notifications:write": grant(ADMINISTRATORS, true, "Change channels and routes; replay deliveries."),
  "deliveries:read": grant(OPERATORS, true, "What became of each notice."),
  "ingest:inspect": grant(ADMINISTRATORS, true, "Messages that were refused."),
  "metrics:read": grant(ADMINISTRATORS, true, "How the server is, in numbers."),
  "audit:read": grant(ADMINISTRATORS, true, "Who changed what."),
  "configuration:manage": grant(ADMINISTRATORS, true, "The whole configuration of the organization, as one document."),
  "accounts:manage": grant(ADMINISTRATORS, false, "Users, roles and invitations."),
  "clients:manage": grant(ADMINISTRATORS, false, "Programs and outside parties that use the API."),
  ingest: grant([], true, "Send readings of any device of the organization."),
  "external:read": grant(EVERY_ROLE, true, "What an outside party may read of its own sites."),
} as const satisfies Record<string, Grant>;

export type Permission = keyof typeof PERMISSIONS;
/** What a program's token may be given. */
export type Scope = { [P in Permission]: (typeof PERMISSIONS)[P]["isScope"] extends true ? P : never }[Permission];

export const SCOPES = (Object.keys(PERMISSIONS) as Permission[]).filter(
  (name): name is Scope => PERMISSIONS[name].isScope,
);

function grant<const S extends boolean>(roles: readonly Role[], isScope: S, description: string) {
  return { roles, isScope, description };
}
